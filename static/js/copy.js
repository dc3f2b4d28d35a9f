/* Buttons that copy what stands before them, where the browser can. Without them one click selects it. */

const SHOWN = 4000 // milliseconds

function offer(text) {
  const row = text.nextElementSibling
  const item = document.createElement(row.matches("ul") ? "li" : "span")
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: text.dataset.copy })
  const said = document.createElement("span")
  said.setAttribute("role", "status")
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.textContent.trim().replace(/\s+/g, " "))
    } catch {
      return getSelection().selectAllChildren(text)
    }
    said.textContent = text.dataset.copied
    setTimeout(() => { said.textContent = "" }, SHOWN)
  })
  item.append(button, " ", said)
  row.append(item)
}

if (navigator.clipboard) document.querySelectorAll("[data-copy]").forEach(offer)
