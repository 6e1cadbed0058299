# PLACEHOLDER of branch wt-import: take the file of wt-convert.
"""What is known of files that were uploaded to the old blog. Pure."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class File:
    address: str  # "/media/…", or the whole old address
    alt: str = ""
    caption: str = ""
    is_here: bool = False


@dataclass
class Files:
    addresses: dict[str, File] = field(default_factory=dict)
    numbers: dict[int, File] = field(default_factory=dict)
    below: list[File] = field(default_factory=list)

    def by_address(self, url: str) -> File | None:
        return self.addresses.get(url)

    def by_number(self, number: int) -> File | None:
        return self.numbers.get(number)

    def children(self) -> list[File]:
        return self.below


NO_FILES = Files()
