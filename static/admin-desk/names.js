// Gives the searched lists of the admin the name of their field. Select2, which draws them, names them by what is
// chosen, so that one in which nothing is chosen has no name at all for a screen reader.

function nameOf(select) {
  const label = document.querySelector(`label[for="${select.id}"]`)
  return label ? label.textContent.trim().replace(/:$/, "") : ""
}

function giveNames() {
  for (const select of document.querySelectorAll("select.admin-autocomplete")) {
    const drawn = select.nextElementSibling
    if (!drawn || !drawn.classList.contains("select2")) continue
    const name = nameOf(select)
    for (const part of drawn.querySelectorAll(".select2-selection, .select2-selection__rendered, .select2-search__field")) {
      const chosen = part.matches(".select2-selection--single") ? part.textContent.trim() : ""
      part.setAttribute("aria-label", chosen ? `${name}: ${chosen}` : name)
      part.removeAttribute("aria-labelledby")
    }
  }
}

// After the admin's own, which draws them when jQuery is ready.
window.django?.jQuery?.(giveNames)
document.addEventListener("change", () => setTimeout(giveNames))
document.addEventListener("formset:added", () => setTimeout(giveNames))
