(function () {
  "use strict";
  var bench = document.getElementById("bench"), busy = document.getElementById("busy");
  document.addEventListener("input", function (event) { // a slider and its number say the same
    var row = event.target.closest(".control");
    if (!row) { return; }
    var range = row.querySelector("input[type=range]"), number = row.querySelector(".twin");
    if (event.target === range) { number.value = range.value; }
    if (event.target === number && number.value !== "") { range.value = number.value; }
  });
  document.addEventListener("htmx:configRequest", function (event) {
    event.detail.parameters.page = bench.dataset.page;
  });
  document.addEventListener("htmx:responseError", function (event) {
    busy.textContent = event.detail.xhr.status === 429 ? "Too many questions wait; try again in a moment."
      : "The page was refused: " + event.detail.xhr.responseText.slice(0, 200);
  });
  document.addEventListener("htmx:sendError", function () { busy.textContent = "planner serve has ended."; });
  document.addEventListener("htmx:afterSwap", function () { busy.textContent = ""; });
})();
