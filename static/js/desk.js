"use strict";
// Names for those parts of the admin's own widgets that have none for screen readers (WCAG 4.1.2, 1.3.1).
{
    const labelOf = (field) => {
        const label = field.id && document.querySelector(`label[for="${CSS.escape(field.id)}"]`);
        return label?.textContent.trim().replace(/:$/, "") ?? "";
    };

    // In a table the head of the column is the label.
    const headOf = (field) => {
        const cell = field.closest("td");
        const row = cell?.closest("table")?.tHead?.rows[0];
        return row?.cells[cell.cellIndex]?.textContent.trim() ?? "";
    };

    const nameOf = (field) => labelOf(field) || headOf(field) || field.name;

    const nameSelect2 = (select) => {
        const container = select.nextElementSibling;
        if (!container?.classList.contains("select2")) {
            return;
        }
        const label = select.labels?.[0];
        container.querySelectorAll("[role=combobox], [role=textbox], .select2-search__field").forEach((part) => {
            if (!label) {
                part.setAttribute("aria-label", nameOf(select));
                return;
            }
            label.id ||= `${select.id}_label`;
            // What it is for, and then what is chosen.
            const chosen = part.matches(".select2-search__field") ? "" : container.querySelector("[role=textbox]")?.id;
            part.setAttribute("aria-labelledby", [label.id, chosen].filter(Boolean).join(" "));
        });
        // Chosen words and the box behind them are a list to the eye only: the box is what is named.
        container.querySelectorAll("ul.select2-selection__rendered").forEach((list) => {
            list.setAttribute("role", "presentation");
            list.querySelectorAll(":scope > li").forEach((item) => item.setAttribute("role", "presentation"));
        });
    };

    const nameAll = () => {
        document.querySelectorAll("select.admin-autocomplete, select.select2-hidden-accessible").forEach(nameSelect2);
        document.querySelectorAll(".tabular :is(input, select, textarea):not([type=hidden], [aria-label])").forEach((field) => {
            if (!labelOf(field)) {
                field.setAttribute("aria-label", nameOf(field));
            }
        });
        document.querySelectorAll(".help-tooltip[aria-label]:not(img)").forEach((sign) => sign.setAttribute("role", "img"));
        document.querySelectorAll("th:empty").forEach((head) => {
            const words = document.createElement("span");
            words.className = "visually-hidden";
            words.textContent = "Row";
            head.append(words);
        });
        const search = document.querySelector("#searchbar");
        search?.setAttribute("aria-label", "Search");
    };

    // The admin's widgets are made when the page is ready; Select2 draws its boxes anew with each choice.
    addEventListener("load", () => {
        const ready = window.django?.jQuery ?? ((act) => act());
        ready(() => setTimeout(nameAll));
        document.addEventListener("formset:added", nameAll);
        window.django?.jQuery?.(document).on("change select2:open select2:close", "select", (event) => {
            setTimeout(() => nameSelect2(event.target));
        });
    });
}
