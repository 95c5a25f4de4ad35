(function () {
  "use strict";
  var charts = JSON.parse(document.getElementById("chart-data").textContent);
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  function themed(layout) {
    var css = getComputedStyle(document.documentElement);
    var ink = css.getPropertyValue("--ink").trim(), line = css.getPropertyValue("--line").trim();
    var all = JSON.parse(JSON.stringify(layout));
    all.paper_bgcolor = "rgba(0,0,0,0)"; all.plot_bgcolor = "rgba(0,0,0,0)"; all.font = { color: ink, size: 12 };
    all.margin = all.margin || { l: 64, r: 16, t: 8, b: 48 };
    ["xaxis", "yaxis"].forEach(function (axis) {
      all[axis] = all[axis] || {}; all[axis].gridcolor = line; all[axis].linecolor = line; all[axis].automargin = true;
      all[axis].fixedrange = true;
    });
    all.legend = { orientation: "h", y: -0.2 };
    return all;
  }
  function draw() {
    charts.forEach(function (chart) {
      Plotly.react(document.getElementById(chart.name), chart.data, themed(chart.layout), { responsive: true, displayModeBar: false });
    });
  }
  draw();
  if (dark.addEventListener) { dark.addEventListener("change", draw); }
  window.addEventListener("beforeprint", function () {
    charts.forEach(function (chart) { Plotly.Plots.resize(document.getElementById(chart.name)); });
  });
})();
