"use strict";
// Select2 makes boxes to type in or to open and gives them no name: they have that of the choice which they serve.
{
    const BOXES = ".select2-search__field, .select2-selection--single, .select2-selection__rendered[role=textbox]";

    // After the boxes are made, which is done in the same queue (admin/js/autocomplete.js).
    window.django.jQuery(() => {
        document.querySelectorAll("select.admin-autocomplete").forEach((select) => {
            const label = select.labels[0];
            if (!label) {
                return;
            }
            label.id ||= `${select.id}_label`;
            select.parentElement.querySelectorAll(BOXES).forEach((box) => {
                const chosen = box.getAttribute("aria-labelledby") ?? "";
                box.setAttribute("aria-labelledby", `${label.id} ${chosen}`.trim());
            });
        });
    });
}
