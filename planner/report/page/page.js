(function () {
  "use strict";
  var PRINTED = 335; // pixels of half a page, A4 or letter
  var charts = JSON.parse(document.getElementById("chart-data").textContent);
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  function roomy(axis, width) { // labels that stand beside one another, not on top
    var label = axis.tickvals || axis.type === "category" ? 70 : 50; // pixels of a month, of a number
    var most = Math.max(2, Math.floor((width - 80) / label)), every = Math.ceil((axis.tickvals || []).length / most);
    axis.nticks = most;
    if (every > 1) {
      var kept = function (_, i) { return i % every === 0; };
      axis.tickvals = axis.tickvals.filter(kept); axis.ticktext = axis.ticktext.filter(kept);
    }
  }
  function themed(layout, width) {
    var css = getComputedStyle(document.documentElement);
    var ink = css.getPropertyValue("--ink").trim(), line = css.getPropertyValue("--line").trim();
    var all = JSON.parse(JSON.stringify(layout));
    all.paper_bgcolor = "rgba(0,0,0,0)"; all.plot_bgcolor = "rgba(0,0,0,0)"; all.font = { color: ink, size: 12 };
    all.margin = all.margin || { l: 64, r: 16, t: 8, b: 48 };
    ["xaxis", "yaxis"].forEach(function (axis) {
      all[axis] = all[axis] || {}; all[axis].gridcolor = line; all[axis].linecolor = line; all[axis].automargin = true;
      all[axis].fixedrange = true;
    });
    roomy(all.xaxis, width - (layout.showlegend === false ? 200 : 0)); // where no legend is, names stand at the side
    all.legend = { orientation: "h", yref: "container", y: 0, yanchor: "bottom" };
    return all;
  }
  function draw(printed) {
    charts.forEach(function (chart) {
      var place = document.getElementById(chart.name), wide = "height" in chart.layout;
      var width = printed ? PRINTED * (wide ? 2 : 1) : place.clientWidth;
      var layout = themed(chart.layout, width);
      if (printed) { layout.width = width; layout.height = Math.min(layout.height || 240 + 12 * chart.data.length, 900); }
      Plotly.react(place, chart.data, layout, { responsive: !printed, displayModeBar: false });
    });
  }
  document.querySelectorAll("select[data-chart]").forEach(function (choice) {
    choice.addEventListener("change", function () {
      var chart = charts.find(function (one) { return one.name === choice.dataset.chart; });
      chart.views[choice.value].forEach(function (y, i) { chart.data[i].y = y; });
      draw(false);
    });
  });
  draw(false);
  if (dark.addEventListener) { dark.addEventListener("change", function () { draw(false); }); }
  window.addEventListener("beforeprint", function () { draw(true); });
  window.addEventListener("afterprint", function () { draw(false); });
})();
