'use strict';
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const palette = ['#3b76d6', '#e07b21', '#2f9e5b', '#d64550', '#8a63d2', '#9c6b4a', '#d65db1', '#7d8894', '#a8a01c', '#1aa5b8'];
  const $ = id => document.getElementById(id);

  function html(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  function svg(tag, attributes = {}, ...children) {
    const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  function table(header, rows, classes = []) {
    const cell = (tag, value, column) => html(tag, classes[column] ? { class: classes[column] } : {}, value ?? '');
    const head = html('thead', {}, html('tr', {}, ...header.map((name, c) => cell('th', name, c))));
    return html('table', {}, ...(header.length ? [head] : []), html('tbody', {}, ...rows.map(row => html('tr', {}, ...row.map((v, c) => cell('td', v, c))))));
  }

  const tip = $('tip');
  function showTip(event, text) {
    tip.textContent = text;
    tip.hidden = false;
    const x = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8);
    const y = event.clientY + 18 + tip.offsetHeight > innerHeight ? event.clientY - tip.offsetHeight - 12 : event.clientY + 18;
    tip.style.left = `${Math.max(4, x)}px`;
    tip.style.top = `${y}px`;
  }
  const hideTip = () => { tip.hidden = true; };

  function choice(container, names, choose) {
    const buttons = names.map((name, i) => {
      const button = html('button', { type: 'button', 'aria-pressed': i === 0 }, name);
      button.addEventListener('click', () => {
        buttons.forEach((b, j) => b.setAttribute('aria-pressed', i === j));
        choose(i);
      });
      return button;
    });
    container.append(...buttons);
    choose(0);
  }

  // About five round values from low to high.
  function ticks(low, high) {
    const rough = (high - low) / 5 || Math.abs(high) / 5 || 1;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].find(s => s * power >= rough) * power;
    const values = [];
    for (let v = Math.ceil(low / step - 1e-9) * step; v <= high + step * 1e-9; v += step) values.push(Number(v.toPrecision(12)));
    return values;
  }

  function lineChart(title, series, format, fromZero) {
    const drawn = series.filter(s => s.points.length);
    if (!drawn.length) return;
    const [width, height, left, right, top, bottom] = [520, 250, 48, 12, 8, 36];
    const xs = data.curve.map(p => p.epoch);
    const ys = drawn.flatMap(s => s.points.map(p => p.y));
    const [x0, x1] = [Math.min(...xs), Math.max(...xs, Math.min(...xs) + 1)];
    let [y0, y1] = [fromZero ? 0 : Math.min(...ys), Math.max(...ys)];
    const margin = (y1 - y0) * 0.06 || Math.abs(y1) * 0.1 || 1;
    y0 = fromZero ? 0 : y0 - margin;
    y1 += margin;
    const x = v => left + (v - x0) / (x1 - x0) * (width - left - right);
    const y = v => height - bottom - (v - y0) / (y1 - y0) * (height - top - bottom);
    const chart = svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': title });
    for (const v of ticks(y0, y1)) {
      chart.append(svg('line', { class: 'grid', x1: left, x2: width - right, y1: y(v), y2: y(v) }));
      chart.append(svg('text', { x: left - 7, y: y(v) + 4, 'text-anchor': 'end' }, format(v)));
    }
    for (const v of ticks(x0, x1).filter(Number.isInteger)) chart.append(svg('text', { x: x(v), y: height - bottom + 18, 'text-anchor': 'middle' }, `${v}`));
    chart.append(svg('text', { x: (left + width - right) / 2, y: height - 2, 'text-anchor': 'middle' }, 'epoch'));
    for (const { points, colour } of drawn) {
      chart.append(svg('path', {
        class: 'curve', fill: 'none', stroke: colour, 'stroke-width': 2, 'stroke-linejoin': 'round',
        d: points.map((p, i) => `${i ? 'L' : 'M'}${x(p.x).toFixed(1)} ${y(p.y).toFixed(1)}`).join(''),
      }));
      if (points.length <= 40) for (const p of points) chart.append(svg('circle', { cx: x(p.x), cy: y(p.y), r: 2.6, fill: colour }));
    }
    const cursor = svg('line', { class: 'grid', y1: top, y2: height - bottom, visibility: 'hidden' });
    chart.append(cursor);
    chart.addEventListener('pointermove', event => {
      const box = chart.getBoundingClientRect();
      const at = x0 + ((event.clientX - box.left) / box.width * width - left) / (width - left - right) * (x1 - x0);
      const candidates = drawn.flatMap(s => s.points.map(p => p.x));
      const epoch = candidates.reduce((best, v) => Math.abs(v - at) < Math.abs(best - at) ? v : best);
      cursor.setAttribute('x1', x(epoch));
      cursor.setAttribute('x2', x(epoch));
      cursor.setAttribute('visibility', 'visible');
      const lines = drawn.map(s => [s.name, s.points.find(p => p.x === epoch)]).filter(([, p]) => p).map(([name, p]) => `${name} ${format(p.y, true)}`);
      showTip(event, `epoch ${epoch}\n${lines.join('\n')}`);
    });
    chart.addEventListener('pointerleave', () => {
      cursor.setAttribute('visibility', 'hidden');
      hideTip();
    });
    const caption = html('figcaption', {}, title);
    if (drawn.length > 1) for (const s of drawn) caption.append(html('span', { class: 'key' }, html('i', { style: `background:${s.colour}` }), s.name));
    $('curves').append(html('figure', {}, caption, chart));
  }

  function curves() {
    const of = (name, key, colour) => ({ name, colour, points: data.curve.filter(p => p[key] != null).map(p => ({ x: p.epoch, y: p[key] })) });
    lineChart('Loss (NT-Xent)', [of('loss', 'loss', palette[0])], (v, exact) => v.toFixed(exact ? 4 : 2));
    lineChart('Accuracy of the encoder on labelled sounds', [of('linear evaluation', 'linear', palette[1]), of('kNN', 'neighbours', palette[2])],
      (v, exact) => `${(100 * v).toFixed(exact ? 1 : 0)} %`);
    lineChart('Speed, patches a second', [of('patches a second', 'patchesPerSecond', palette[4])], v => v.toFixed(0), true);
    lineChart('Learning rate', [of('learning rate', 'learningRate', palette[7])], v => `${Number(v.toPrecision(3))}`, true);
  }

  function classifier(result, labels) {
    const counts = result.confusion;
    const rows = labels.map((label, i) => {
      const clips = counts[i].reduce((a, b) => a + b, 0);
      const taken = counts.reduce((a, row) => a + row[i], 0);
      const [recall, precision] = [clips ? counts[i][i] / clips : NaN, taken ? counts[i][i] / taken : NaN];
      const wrong = counts[i].map((n, j) => [n, j]).filter(([n, j]) => n && j !== i).sort((a, b) => b[0] - a[0])[0];
      const percent = v => Number.isNaN(v) ? '–' : (100 * v).toFixed(0);
      const bar = html('span', {}, html('span', { class: 'bar' }, html('i', { style: `width:${100 * (recall || 0)}%` })), percent(recall));
      const f1 = 2 * counts[i][i] / (clips + taken);
      return [label, clips, bar, percent(precision), percent(f1), wrong ? `${labels[wrong[1]]} (${wrong[0]})` : ''];
    });
    $('classes').replaceChildren(table(['label', 'clips', 'recall, %', 'precision, %', 'F1, %', 'taken for'], rows, ['', 'number', 'share', 'number', 'number', '']));

    const head = html('tr', {}, html('th'), ...labels.map(label => html('th', {}, html('span', {}, label))));
    const body = labels.map((label, i) => html('tr', {}, html('th', {}, label), ...labels.map((other, j) => {
      const clips = counts[i].reduce((a, b) => a + b, 0);
      const share = clips ? counts[i][j] / clips : 0;
      const style = counts[i][j] ? `background:rgba(var(--cell),${0.12 + 0.88 * share});${share > 0.55 ? 'color:var(--card)' : ''}` : '';
      const cell = html('td', { style }, counts[i][j] || '·');
      cell.addEventListener('pointermove', e => showTip(e, `${label}${i === j ? '' : ` taken for ${other}`}: ${counts[i][j]} of ${clips}`));
      cell.addEventListener('pointerleave', hideTip);
      return cell;
    })));
    $('confusion').replaceChildren(html('table', { class: 'confusion' }, html('thead', {}, head), html('tbody', {}, ...body)));
  }

  function evaluation() {
    $('evaluation-note').textContent = data.evaluationNote;
    if (!data.evaluation) return;
    $('evaluation').hidden = false;
    const percent = s => `${(100 * s.mean).toFixed(1)} ± ${(100 * s.standardDeviation).toFixed(1)} %`;
    const results = data.evaluation.classifiers;
    choice($('classifiers'), results.map(c => `${c.classifier}: ${percent(c.microAccuracy)}`), i => classifier(results[i], data.evaluation.labels));
  }

  // G.711: sign, exponent and mantissa, all inverted.
  function decode(text) {
    const bytes = atob(text);
    return Float32Array.from(bytes, letter => {
      const code = ~letter.charCodeAt(0) & 255;
      const magnitude = (((code & 15) << 1) + 33 << (code >> 4 & 7)) - 33;
      return (code & 128 ? -magnitude : magnitude) / 8159;
    });
  }

  let audio, source;
  function play(clip, point) {
    audio ??= new AudioContext();
    audio.resume();
    source?.stop();
    const samples = decode(clip.audio);
    if (!samples.length) return;
    const buffer = audio.createBuffer(1, samples.length, data.map.sampleRate);
    buffer.copyToChannel(samples, 0);
    const mine = source = audio.createBufferSource();
    mine.buffer = buffer;
    mine.connect(audio.destination);
    point.classList.add('playing');
    mine.onended = () => {
      point.classList.remove('playing');
      if (source === mine) source = undefined;
    };
    mine.start();
    $('now').textContent = `▶ ${clip.name}${clip.label < 0 ? '' : `, ${data.map.labels[clip.label]}`}`;
  }

  function shape(label, size, attributes) {
    const [colour, kind] = [palette[Math.max(label, 0) % palette.length], Math.floor(Math.max(label, 0) / palette.length) % 4];
    const s = size;
    const all = { ...attributes, fill: colour };
    if (kind === 0) return svg('circle', { ...all, r: s });
    const corners = [null, [[-s, -s], [s, -s], [s, s], [-s, s]], [[0, -s * 1.3], [s * 1.2, s], [-s * 1.2, s]], [[0, -s * 1.4], [s * 1.2, 0], [0, s * 1.4], [-s * 1.2, 0]]][kind];
    return svg('polygon', { ...all, points: corners.map(c => c.join(',')).join(' ') });
  }

  function map() {
    $('map-note').textContent = data.mapNote;
    if (!data.map) return;
    $('map').hidden = false;
    const { clips, labels } = data.map;
    const [width, height, margin] = [720, 520, 18];
    const chart = svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'group', 'aria-label': 'Clips by their embeddings' });
    const points = clips.map(clip => {
      const name = clip.label < 0 ? clip.name : `${labels[clip.label]}: ${clip.name}`;
      const point = shape(clip.label, 6, { class: 'point', tabindex: 0, role: 'button', 'aria-label': `Play ${name}` });
      point.addEventListener('click', () => play(clip, point));
      point.addEventListener('keydown', e => { if (e.key === 'Enter' || e.key === ' ') { e.preventDefault(); play(clip, point); } });
      point.addEventListener('pointermove', e => showTip(e, name));
      point.addEventListener('pointerleave', hideTip);
      chart.append(point);
      return point;
    });
    $('points').append(chart);
    choice($('methods'), ['t-SNE', 'PCA'], method => points.forEach((point, i) => {
      const [x, y] = method === 0 ? clips[i].neighbours : clips[i].principal;
      point.style.transform = `translate(${margin + x * (width - 2 * margin)}px, ${height - margin - y * (height - 2 * margin)}px)`;
    }));
    let only = -1;
    const entries = labels.map((label, l) => {
      const entry = html('button', { type: 'button', 'aria-pressed': false }, svg('svg', { viewBox: '-8 -8 16 16' }, shape(l, 6, {})), label);
      entry.addEventListener('click', () => {
        only = only === l ? -1 : l;
        entries.forEach((e, j) => e.setAttribute('aria-pressed', j === only));
        points.forEach((p, i) => p.classList.toggle('dim', only >= 0 && clips[i].label !== only));
      });
      return entry;
    });
    $('legend').append(...entries);
  }

  function picture(address, seconds, text, frequencies, boxes = []) {
    const frame = html('div', { class: 'frame' }, html('img', { src: address, alt: text }));
    for (const { label, at } of frequencies) frame.append(html('span', { class: 'hertz', style: `bottom:${100 * at}%` }, label));
    for (const v of ticks(0, seconds).filter((_, i, all) => seconds > 2 || i % 2 === 0 || all.length < 4))
      frame.append(html('span', { class: 'time', style: `left:${100 * v / seconds}%` }, `${v} s`));
    boxes.forEach(([from, length], i) => frame.append(html('div', { class: 'box', style: `left:${100 * from / seconds}%;width:${100 * length / seconds}%` }, `${i + 1}`)));
    return html('div', { class: 'picture' }, frame, html('p', {}, text));
  }

  function views() {
    $('views-section').hidden = !data.views.length;
    for (const example of data.views) {
      const mixed = example.share ? ` mixed with ${example.share} of the backgrounds` : '';
      const patch = example.patchSeconds;
      const boxes = example.views.map(v => [v.from, patch]);
      $('views').append(html('div', { class: 'view' },
        html('h3', {}, example.name, html('small', {}, mixed)),
        html('div', { class: 'pictures' },
          picture(example.clip, example.seconds, 'the clip, Hz over seconds, with both patches', example.frequencies, boxes),
          ...example.views.map((v, i) => picture(v.picture, patch, `view ${i + 1}${v.background ? `, background ${v.background}` : ''}`, example.frequencies)))));
    }
  }

  function facts() {
    $('title').textContent = data.title;
    $('summary').textContent = data.summary;
    $('footer').textContent = data.footer;
    $('figures').append(...data.figures.map(f => html('div', {}, html('dt', {}, f.name), html('dd', {}, f.value), html('small', {}, f.note))));
    $('origin').append(table([], data.origin.map(o => [o.name, o.value])));
    const settings = table([], data.settings.map(s => [s.name, s.value]));
    data.settings.forEach((s, i) => settings.tBodies[0].rows[i].classList.toggle('changed', s.isChanged));
    $('settings').append(settings);
    $('sessions').append(data.sessions.length
      ? table([], data.sessions.flatMap((s, i) => [
        [data.sessions.length > 1 ? `session ${i + 1}` : 'begun', s.started], ['time', `${s.time}, up to epoch ${s.epochs}`], ['processor', s.processor], ['device', s.device], ['memory', s.memory], ['system', s.system]]))
      : html('p', { class: 'note' }, 'This run is of a version that did not record it.'));
  }

  facts();
  curves();
  evaluation();
  map();
  views();
})();
