"""Which words find which posts, in each script: the same on both databases."""

from itertools import count
from unicodedata import normalize

import pytest

from tests.factories import make_post
from tests.posts.search.finding import found

pytestmark = pytest.mark.django_db

LIBRARY = {
    "english": ("Fishing boats searched", "Crews were rescued from vessels; passports had been withheld."),
    "acronym": ("A report of the U.S. government", "It names three states. The traffickers’ routes are old."),
    "apostrophes": ("O’Connor didn’t go", "A state-sponsored programme of co-operation, said the workers' union."),
    "numbers": ("Article 4 of Convention No. 29", "In 2013, 12345 people in room B52 paid 1,500 each; covid19."),
    "addresses": ("Write to us", "At tips@rescue-line.example or https://help.example/shelters/seoul?x=1 by night."),
    "accents": ("Café owners in Łódź convicted", "La traite des êtres humains à São Paulo."),
    "german": ("Zwangsarbeit in der Fleischindustrie", "Die Behörden prüften Verträge in der Königstraße."),
    "french": ("L’esclavage moderne en Côte d’Ivoire", "Qu’est-ce que l'État a fait? Des enquêtes à Besançon."),
    "spanish": ("Niñas rescatadas en Bogotá", "La policía detuvo a tres señores."),
    "turkish": ("İstanbul'da insan ticareti", "Işçiler ağır koşullarda çalıştı."),
    "polish": ("Handel ludźmi", "Żołnierze znaleźli źródło."),
    "korean": ("탈북 여성 쉼터에 대한 조사", "조사는 서울에서 시작되었다. 인신매매 피해자들은 보호를 받는다."),
    "decomposed": (normalize("NFD", "어선 노동자 보호"), normalize("NFD", "Résumé: 항구에서 점검했다.")),
    "japanese": ("東京で人身売買の摘発", "警察は三人を逮捕した。技能実習ビザのトラブル、ﾊﾟｽﾎﾟｰﾄ。"),
    "chinese": ("打击拐卖妇女儿童", "公安机关在云南解救了十二人。"),
    "arabic": ("الاتجار بالبشر في القاهرة", "قالت الحكومة إنها أنقذت عمالاً من السخرة. والعمال للمنظمة كتبوا."),
    "persian": ("قاچاق انسان", "کارگران می‌خواهند در تهران کار کنند."),
    "hebrew": ("סַחַר בבני אדם", "המשטרה עצרה שלושה חשודים בתל אביב."),
    "hindi": ("मानव तस्करी के ख़िलाफ़", "पुलिस ने बारह लोगों को बचाया।"),
    "thai": ("การค้ามนุษย์ในประเทศไทย", "ตำรวจช่วยเหลือแรงงานประมง"),
    "burmese": ("လူကုန်ကူးမှု", "ရဲများ ကယ်တင်ခဲ့သည်"),
    "russian": ("Торговля людьми на границе", "Ёлкин сообщил о спасённых рабочих."),
    "ukrainian": ("Торгівля людьми в Україні", "Їхні паспорти забрали."),
    "greek": ("Εμπορία ανθρώπων στην Αθήνα", "Η αστυνομία συνέλαβε τρεις."),
    "vietnamese": ("Buôn bán người ở biên giới", "Cảnh sát giải cứu mười hai người."),
    "mixed": ("K-pop과 인권 NGO", "Ｆｕｌｌ　Ｗｉｄｔｈ words beside COVID백신 and 5G通信."),
    "odd": ("It’s <b>100%</b> & “quoted”", "Words with back\\slash, 'quotes', semi;colon and * stars."),
}

QUERIES = [
    # English: stems, phrases, what is begun, what is left out.
    ("boat", "english"), ("BOATS", "english"), ("rescued", "english addresses"), ("passport withheld", "english"),
    ("withholding passports", ""), ("searching", "english"), ("crew", "english"),
    ('"fishing boats"', "english"), ('"boats fishing"', ""), ('"boats searched crews"', ""),
    ("vess*", "english"), ("fishing -crew", ""), ("zebra", ""), ("searchin*", "english"),
    ("US", "acronym addresses"), ("u.s.", "acronym addresses"), ("trafficker", "acronym"),
    ("the U.S. government", "acronym"),
    ("trafficking routes", "acronym"), ("traffickers'", "acronym"),
    # Apostrophes and hyphens.
    ("O'Connor", "apostrophes"), ("oconnor", "apostrophes"), ("didn't", "apostrophes"), ("didnt", "apostrophes"),
    ("state-sponsored", "apostrophes"), ("sponsored state", "apostrophes"), ("sponsored-state", ""),
    ("co-operation", "apostrophes"), ("workers’ union", "apostrophes"),
    # Numbers, addresses.
    ("29", "numbers"), ("Convention 29", "numbers"), ("12345", "numbers"), ("1,500", "numbers"), ("b52", "numbers"),
    ("2013", "numbers"), ("covid19", "numbers"), ("tips@rescue-line.example", "addresses"),
    ("https://help.example/shelters/seoul", "addresses"), ("help.example", "addresses"),
    ("rescue-line", "addresses"),
    # Letters with accents, and without.
    ("cafe", "accents"), ("café", "accents"), ("lodz", "accents"), ("etres", "accents"), ("sao paulo", "accents"),
    ("zwangsarbeit", "german"), ("Behorden", "german"), ("behörden", "german"), ("konigstrasse", "german"),
    ("KÖNIGSTRASSE", "german"), ("königstraße", "german"), ("fleisch*", "german"),
    ("esclavage", "french"), ("l'esclavage", "french"), ("Ivoire", "french"), ("cote d'ivoire", "french"),
    ("etat", "french"), ("besancon", "french"), ("enquete", "french"),
    ("ninas", "spanish"), ("bogota", "spanish"), ("policía", "spanish"), ("istanbul*", "turkish"),
    ("İSTANBUL'DA", "turkish"),
    ("isciler", "turkish"), ("agir", "turkish"), ("zolnierze", "polish"), ("źródło", "polish"), ("zrodlo", "polish"),
    # Korean: particles, two syllables, one.
    ("서울", "korean"), ("서울에서", "korean"), ("탈북 여성", "korean"), ("인신매매", "korean"), ("쉼터", "korean"),
    ("매매", "korean"), ("피해자", "korean"), ("부산", ""), ('"탈북 여성"', "korean"), ("서", "korean decomposed"),
    ("터", "korean"), ("조사는", "korean"), ("조사를", "korean"),
    ("서울의", "korean"), ("서울로부터", "korean"), ("인신매매가", "korean"),
    ("인신매매를 피해자에게", "korean"), ('"서울의"', ""), ("서울 -조사를", "korean"),
    ("서울 인신매매", "korean"), ("서울 -인신매매", ""),
    ("어선", "decomposed"), ("노동자", "decomposed"), ("항구", "decomposed"), (normalize("NFD", "항구"), "decomposed"),
    (normalize("NFD", "서울"), "korean"), ("resume", "decomposed"), ("résumé", "decomposed"),
    # Japanese and Chinese.
    ("東京", "japanese"), ("人身売買", "japanese"), ("警察", "japanese"), ("大阪", ""), ("逮捕", "japanese"),
    ("実習ビザ", "japanese"), ("トラブル", "japanese"), ("パスポート", "japanese"), ("ﾊﾟｽﾎﾟｰﾄ", "japanese"),
    ("云南", "chinese"), ("拐卖妇女", "chinese"), ("妇女拐卖", ""), ("救", "chinese"), ("云南 儿童", "chinese"),
    # Arabic: the article, what is written before it, letters that stand for each other.
    ("القاهرة", "arabic"), ("قاهرة", "arabic"), ("بشر", "arabic"), ("البشر", "arabic"), ("الحكومه", "arabic"),
    ("انقذت", "arabic"), ("عمال", "arabic"), ("العمال", "arabic"), ("منظمة", "arabic"), ("السُّخرة", "arabic"),
    ("کارگران", "persian"), ("كارگران", "persian"), ("می‌خواهند", "persian"), ("تهران", "persian"),
    # Hebrew with and without points.
    ("סחר", "hebrew"), ("סַחַר", "hebrew"), ("המשטרה", "hebrew"), ("אביב", "hebrew"), ("בתל אביב", "hebrew"),
    # Scripts of South and South-East Asia.
    ("तस्करी", "hindi"), ("पुलिस", "hindi"), ("ख़िलाफ़", "hindi"), ("ค้ามนุษย์", "thai"), ("ประเทศไทย", "thai"),
    ("แรงงาน", "thai"), ("ตำรวจ", "thai"), ("ลาว", ""), ("ကုန်ကူး", "burmese"), ("ကယ်တင်", "burmese"),
    # Cyrillic and Greek.
    ("границе", "russian"), ("ГРАНИЦЕ", "russian"), ("елкин", "russian"), ("спасенных", "russian"),
    ("людьми", "russian ukrainian"), ("україні", "ukrainian"), ("їхні", "ukrainian"), ("αθηνα", "greek"),
    ("ΑΘΉΝΑ", "greek"),
    ("ανθρωπων", "greek"), ("buon ban nguoi", "vietnamese"), ("cảnh sát", "vietnamese"), ("CANH SAT", "vietnamese"),
    # Several in one, full width.
    ("인권 NGO", "mixed"), ("k-pop", "mixed"), ("full width", "mixed"), ("ｆｕｌｌ", "mixed"), ("covid", "mixed"),
    ("백신", "mixed"), ("covid백신", "mixed"), ("5g", "mixed"), ("通信", "mixed"), ("boats 서울", ""),
    # Signs.
    ("100%", "odd"), ("back\\slash", "odd"), ("'quotes'", "odd"), ("semi;colon", "odd"),
]  # fmt: skip


@pytest.fixture
def library(db) -> None:
    minutes = count()
    for title, body in LIBRARY.values():
        make_post(title, body=body, at=f"2013-03-31 15:{next(minutes):02}")


@pytest.mark.usefixtures("library")
def test_words_find_their_posts():
    names = {normalize("NFC", title): name for name, (title, _) in LIBRARY.items()}
    wrong = {}
    for query, expected in QUERIES:
        names_found = sorted(names[normalize("NFC", title)] for title in found(query))
        if names_found != sorted(expected.split()):
            wrong[query] = names_found
    assert wrong == {}
