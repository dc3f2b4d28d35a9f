// Draw the land of the site's maps: two SVG paths, printed. Run by hand; its results are kept in templates/svg.
//
//   npm install --no-save d3-geo@3 topojson-client@3 world-atlas@2 i18n-iso-countries@7
//   node scripts/land.mjs coarse > templates/svg/land-coarse.svg   (the home page)
//   node scripts/land.mjs mid > templates/svg/land-mid.svg         (route maps, city pages)
//   node scripts/land.mjs fine > templates/svg/land-fine.svg       (the map page)
//   node scripts/land.mjs points > tests/country_points.json       (what a test looks for on the drawings)
//
// The coast is Natural Earth's 1:50m land (naturalearthdata.com, public domain), as world-atlas packs it (ISC licence).
// Equal Earth, turned by 11° so that the cut runs through the Bering Strait, fitted to 2000 × 975, without Antarctica.
// catalogue/maps.py projects places in the same way: change both or neither.
//
// So drawn, the world has no Malta and no Singapore. Each country without land where it is widest becomes a dot of the
// second path: a line without length, which a style with round ends makes visible at any scale. Borders are of Natural
// Earth's 1:10m, which has none for parts of France, the Netherlands, Norway, Australia and New Zealand: see APART.

import { createRequire } from 'node:module';
import { geoEqualEarth, geoPath } from 'd3-geo';
import { feature } from 'topojson-client';

// Smallest triangle that a point of the coast must span, smallest island that is drawn: both in square units of the drawing.
const DETAIL = {
  coarse: { triangle: 8, island: 25 },
  mid: { triangle: 2.5, island: 8 },
  fine: { triangle: 1.2, island: 6 },
};
const NORTH_OF_ANTARCTICA = -57;
// What has a code of its own but, in these borders, not a shape: degrees east and north.
const APART = {
  BQ: [-68.3, 12.2], BV: [3.4, -54.4], CC: [96.8, -12.2], CX: [105.6, -10.5], GF: [-53.2, 4.0], GP: [-61.6, 16.2],
  MQ: [-61.0, 14.7], RE: [55.5, -21.1], SJ: [16.0, 78.5], TK: [-171.8, -9.2], XK: [20.9, 42.6], YT: [45.2, -12.8],
};

const projection = geoEqualEarth().rotate([-11, 0]).fitSize([2000, 975], { type: 'Sphere' });

const require = createRequire(import.meta.url);

function ringsOf(shape) {
  const rings = [];
  const collect = {
    moveTo(x, y) { rings.push([[x, y]]); },
    lineTo(x, y) { rings.at(-1).push([x, y]); },
    closePath() {},
    arc() {},
  };
  geoPath(projection, collect)(shape);
  return rings;
}

function coasts() {
  const topology = require('world-atlas/land-50m.json');
  return ringsOf(feature(topology, topology.objects.land));
}

const triangle = (a, b, c) => Math.abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2;

function area(ring) {
  const doubled = ring.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = ring[(i + 1) % ring.length];
    return sum + x * nextY - y * nextX;
  }, 0);
  return Math.abs(doubled / 2);
}

// Visvalingam and Whyatt 1993, in the plane: drop the point with the smallest triangle until all are large enough.
// A plain search for the smallest is quadratic, which a script that runs once in years can afford.
function simplify(ring, smallest) {
  const count = ring.length;
  const previous = ring.map((_, i) => (i - 1 + count) % count);
  const next = ring.map((_, i) => (i + 1) % count);
  const weigh = (i) => triangle(ring[previous[i]], ring[i], ring[next[i]]);
  const weights = ring.map((_, i) => weigh(i));
  const kept = new Set(ring.keys());
  while (kept.size > 4) {
    let least = -1;
    for (const i of kept) if (least < 0 || weights[i] < weights[least]) least = i;
    if (weights[least] >= smallest) break;
    kept.delete(least);
    const [a, b] = [previous[least], next[least]];
    next[a] = b;
    previous[b] = a;
    for (const i of [a, b]) weights[i] = Math.max(weights[least], weigh(i));
  }
  return ring.filter((_, i) => kept.has(i));
}

function round(ring) {
  const points = ring.map(([x, y]) => [Math.round(x), Math.round(y)]);
  // Each point that equals the one before it says nothing; nor does the last when it closes the ring by itself.
  const distinct = points.filter(([x, y], i) => i === 0 || x !== points[i - 1][0] || y !== points[i - 1][1]);
  if (distinct.length > 1 && String(distinct[0]) === String(distinct.at(-1))) distinct.pop();
  return distinct;
}

// Relative moves in whole numbers, a space only where no minus sign parts two numbers: the shortest way to write it.
function write(rings) {
  const pair = (x, y) => `${x}${y < 0 ? '' : ' '}${y}`;
  let path = '';
  let [penX, penY] = [0, 0];
  for (const [start, ...rest] of rings) {
    path += `m${pair(start[0] - penX, start[1] - penY)}`;
    [penX, penY] = start;
    rest.forEach(([x, y], i) => {
      const separator = i === 0 ? 'l' : x < penX ? '' : ' ';
      path += separator + pair(x - penX, y - penY);
      [penX, penY] = [x, y];
    });
    path += 'z';
    [penX, penY] = start;
  }
  return `M${path.slice(1)}`;
}

function holds(ring, [x, y]) {
  return ring.reduce((inside, [x1, y1], i) => {
    const [x2, y2] = ring[(i + 1) % ring.length];
    return (y1 > y) !== (y2 > y) && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1 ? !inside : inside;
  }, false);
}

// Of a grid of points within the ring, the one farthest from its corners.
function widest(ring, steps = 24) {
  const [xs, ys] = [0, 1].map((axis) => ring.map((point) => point[axis]));
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  let [best, most] = [ring[0], 0];
  for (let i = 1; i < steps; i += 1) {
    for (let j = 1; j < steps; j += 1) {
      const point = [left + ((right - left) * i) / steps, top + ((bottom - top) * j) / steps];
      const distance = Math.min(...ring.map(([x, y]) => Math.hypot(x - point[0], y - point[1])));
      if (distance > most && holds(ring, point)) [best, most] = [point, distance];
    }
  }
  return best;
}

// By its code, where each country's largest piece of land is widest. Antarctica isn't drawn.
function points() {
  const topology = require('world-atlas/countries-10m.json');
  const { numericToAlpha2 } = require('i18n-iso-countries');
  const found = new Map(Object.entries(APART).map(([code, place]) => [code, { point: projection(place) }]));
  for (const shape of topology.objects.countries.geometries) {
    const code = numericToAlpha2(shape.id);
    const [largest] = ringsOf(feature(topology, shape)).sort((a, b) => area(b) - area(a));
    // Australia is there twice: once for islands far from it.
    if (code && code !== 'AQ' && !(area(largest) < found.get(code)?.size)) {
      found.set(code, { point: widest(largest), size: area(largest) });
    }
  }
  return [...found].map(([code, { point }]) => [code, point]).sort(([a], [b]) => (a < b ? -1 : 1));
}

if (process.argv[2] === 'points') {
  const rows = points().map(([code, [x, y]]) => `  "${code}": [${x.toFixed(1)}, ${y.toFixed(1)}]`);
  console.log(`{\n${rows.join(',\n')}\n}`);
  process.exit(0);
}
const detail = DETAIL[process.argv[2]];
if (!detail) {
  console.error(`usage: node scripts/land.mjs ${Object.keys(DETAIL).join('|')}|points`);
  process.exit(1);
}
const [, antarctic] = projection([0, NORTH_OF_ANTARCTICA]);
const rings = coasts()
  .filter((ring) => area(ring) >= detail.island && ring.some(([, y]) => y <= antarctic))
  .map((ring) => simplify(ring, detail.triangle))
  .sort((a, b) => area(b) - area(a))
  .map(round)
  .filter((ring) => ring.length > 2);
console.log(`<path class="land" d="${write(rings)}"/>`);
const islets = points().map(([, point]) => point).filter((point) => rings.filter((ring) => holds(ring, point)).length % 2 === 0);
console.log(`<path class="islets" d="${islets.map(([x, y]) => `M${x.toFixed(1)} ${y.toFixed(1)}h0`).join('')}"/>`);
