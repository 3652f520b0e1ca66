// What the frame of the page lacks: its language, zooming, and a place to jump to.
document.documentElement.lang = "en";

function allowZoom() {
  const viewport = document.querySelector('meta[name="viewport"]');
  if (viewport) viewport.setAttribute("content", "width=device-width, initial-scale=1");
}
allowZoom();
document.addEventListener("DOMContentLoaded", allowZoom);
