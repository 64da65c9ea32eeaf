// Before anything is drawn: pictures get their room, and what stands in for them does not show.
document.documentElement.classList.add("scripted");
