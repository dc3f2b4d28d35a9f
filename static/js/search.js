/* The search box: "/" leads to it, and suggestions come while one types, by the pattern of an editable combobox:
   https://www.w3.org/WAI/ARIA/apg/patterns/combobox/ */

const LEAST = 2 // letters
const PAUSE = 120 // milliseconds without a key
const OFF = "slash-off"

// A key alone is pressed by mistake, too, and by a voice: WCAG 2.1.4 asks for a way to turn it off.
function turn(off) {
  try {
    if (off) localStorage.setItem(OFF, 1)
    else if (off === false) localStorage.removeItem(OFF)
    return localStorage.getItem(OFF) !== null
  } catch {
    return true
  }
}

function leadTo(input) {
  document.addEventListener("keydown", event => {
    const typing = event.target.closest("input, select, textarea")
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing || turn()) return
    event.preventDefault()
    input.focus()
    input.select()
  })
}

function offerSwitch(line) {
  const box = line.querySelector("input")
  box.checked = !turn()
  box.onchange = () => { box.checked = !turn(!box.checked) }
  line.style.visibility = "visible"
}

function suggestFor(input) {
  const list = make("ul", "", { id: "suggestions", class: "suggestions", role: "listbox", hidden: "" })
  let active, timer, asked = new AbortController()

  function close() {
    clearTimeout(timer)
    asked.abort()
    show([])
  }

  function show(found) {
    list.replaceChildren(...found.map(({ label, note, url }, at) => {
      const option = make("li", "", { id: `suggestion-${at}`, role: "option" })
      // The site's own address stands before it; where we are is enough.
      option.dataset.path = new URL(url).pathname
      option.append(make("bdi", label), " ", make("span", note))
      return option
    }))
    list.hidden = !found.length
    input.setAttribute("aria-expanded", !list.hidden)
    choose(-1)
  }

  function choose(number) {
    active = number
    for (const [at, option] of [...list.children].entries()) option.setAttribute("aria-selected", at === active)
    const option = list.children[active]
    input.setAttribute("aria-activedescendant", option?.id ?? "")
    option?.scrollIntoView({ block: "nearest" })
  }

  async function ask(first = -1) {
    clearTimeout(timer)
    asked.abort()
    asked = new AbortController()
    const { signal } = asked, q = input.value.trim()
    if (q.length < LEAST) return close()
    try {
      const answer = await fetch(`${input.dataset.suggest}?${new URLSearchParams({ q })}`, { signal })
      const { suggestions } = await answer.json()
      if (signal.aborted) return
      show(suggestions)
      choose(first)
    } catch {
      if (!signal.aborted) close()
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer)
    timer = setTimeout(ask, PAUSE)
  })
  input.addEventListener("blur", close)
  input.addEventListener("keydown", event => {
    const { key } = event, count = list.children.length
    if (event.isComposing || event.ctrlKey || event.metaKey) return
    if (list.hidden && key === "ArrowDown") ask(0)
    else if (list.hidden) return
    else if (key === "ArrowDown") choose((active + 1) % count)
    else if (key === "ArrowUp") choose((active > 0 ? active : count) - 1)
    else if (key === "Escape") close()
    else if (key === "Enter" && active >= 0) location.assign(list.children[active].dataset.path)
    else return
    event.preventDefault()
  })
  // A press would take the focus, and the list would close before the click.
  list.addEventListener("mousedown", event => event.preventDefault())
  list.addEventListener("click", event => {
    const option = event.target.closest("li")
    if (option) location.assign(option.dataset.path)
  })

  list.setAttribute("aria-label", input.dataset.suggestions)
  for (const [name, value] of Object.entries({ autocomplete: "list", controls: list.id, expanded: false })) {
    input.setAttribute(`aria-${name}`, value)
  }
  input.setAttribute("role", "combobox")
  input.closest(".join").after(list)
}

function make(tag, text, attributes = {}) {
  const element = document.createElement(tag)
  element.textContent = text
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  return element
}

const box = document.querySelector("[data-suggest]")
if (box) {
  leadTo(box)
  suggestFor(box)
}
document.querySelectorAll("[data-slash]").forEach(offerSwitch)
