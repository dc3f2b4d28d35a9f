/* Filters that apply when they change. Focus, scroll and open lists stay as they are; on any fault the form is sent. */

const panel = document.querySelector(".facets")
const results = document.querySelector(".cat-main")
const said = document.createElement("p")
let asked = new AbortController()

async function show(form, held) {
  asked.abort()
  asked = new AbortController()
  const { signal } = asked
  const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value.trim()))
  try {
    const answer = await fetch(`${form.getAttribute("action")}?${query}`, { signal })
    if (!answer.ok) throw answer
    const page = new DOMParser().parseFromString(await answer.text(), "text/html")
    if (signal.aborted) return
    put(page, held)
    history.replaceState(history.state, "", answer.url.replace(/\?$/, ""))
  } catch {
    if (!signal.aborted) form.requestSubmit()
  }
}

function put(page, held) {
  const top = held.getBoundingClientRect().top
  const link = results.contains(document.activeElement) && document.activeElement.getAttribute("href")
  const ticked = Array.from(results.querySelectorAll(":checked"), box => box.value)
  fill(results, page.querySelector(".cat-main"))
  for (const box of results.querySelectorAll("input")) box.checked = ticked.includes(box.value)
  // Whoever had gone on to the results by then is left at the same link.
  if (link) results.querySelector(`a[href="${CSS.escape(link)}"]`)?.focus({ preventScroll: true })

  const facets = Array.from(page.querySelectorAll(".facet"))
  for (const facet of panel.querySelectorAll(".facet")) renew(facet, facets.find(({ id }) => id === facet.id))
  let last = panel.querySelector("summary")
  fill(last, page.querySelector(".facets > summary"))
  for (const facet of facets) {
    const here = document.getElementById(facet.id)
    if (!here) last.after(facet)
    last = here ?? facet
  }
  const end = panel.querySelector(".facet-go")
  if (!end.contains(document.activeElement)) fill(end, page.querySelector(".facet-go"))
  document.title = page.title
  said.textContent = results.querySelector("h2").textContent
  scrollBy({ top: held.getBoundingClientRect().top - top, behavior: "instant" })
}

/* New numbers beside the same boxes in the same order: nothing moves under a finger. What is new comes last. */
function renew(facet, fresh) {
  for (const box of facet.querySelectorAll(".opt")) {
    const number = box.querySelector(".n")
    if (number) number.textContent = like(fresh, box)?.querySelector(".n")?.textContent ?? "0"
  }
  for (const box of fresh?.querySelectorAll(".opt") ?? []) {
    if (!like(facet, box)) facet.querySelector("ul").append(box.closest("li"))
  }
  if (fresh) fill(facet.querySelector("summary"), fresh.querySelector("summary"))
}

function like(facet, box) {
  return facet?.querySelector(`[value="${CSS.escape(box.querySelector("input").value)}"]`)?.closest(".opt")
}

function fill(element, other) {
  element.replaceChildren(...other.childNodes)
}

// A page that shows faults is sent whole: its faults stand beside the fields.
if (panel && results && !document.querySelector(".err-sum")) {
  said.className = "visually-hidden"
  said.setAttribute("role", "status")
  results.before(said)
  panel.addEventListener("change", ({ target }) => {
    // By the attribute the style sheet knows a change that isn't shown yet.
    if (target.type === "checkbox") target.toggleAttribute("checked", target.checked)
    show(target.form, target)
  })
}
