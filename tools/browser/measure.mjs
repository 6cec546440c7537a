// Measures each address three times with Lighthouse, as on a phone, and prints the medians as one line of JSON each.
import { launch } from 'chrome-launcher';
import lighthouse from 'lighthouse';

const RUNS = 3;
// A busy machine may lose the beginning of a recording, which Lighthouse says and which is no fault of the page.
const TRIES = 3;
const categories = ['performance', 'accessibility', 'best-practices'];

const median = values => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

// recorded is one run that Lighthouse could record.
async function recorded(url, port) {
  for (let tries = 1; ; tries++) {
    const { lhr } = await lighthouse(url, {
      port, onlyCategories: categories, logLevel: 'silent', output: 'json',
      extraHeaders: { 'Accept-Language': 'vi' },
    });
    if (!lhr.runtimeError) return lhr;
    if (tries === TRIES) throw new Error(lhr.runtimeError.message);
  }
}

// measured is one run: the scores, and each audit that costs one.
async function measured(url, port) {
  const lhr = await recorded(url, port);
  const lost = categories.flatMap(c => lhr.categories[c].auditRefs
    .filter(ref => ref.weight > 0 && lhr.audits[ref.id].score !== null && lhr.audits[ref.id].score < 0.9)
    .map(ref => `${ref.id} ${lhr.audits[ref.id].displayValue ?? ''}`.trim()));
  const requests = lhr.audits['network-requests'].details.items;
  return {
    scores: categories.map(c => Math.round(lhr.categories[c].score * 100)), lost,
    requests: requests.length, bytes: requests.reduce((sum, r) => sum + r.transferSize, 0),
  };
}

const chrome = await launch({ chromeFlags: ['--headless=new', '--no-sandbox', '--disable-gpu'], logLevel: 'silent' });
try {
  for (const url of process.argv.slice(2)) {
    const runs = [];
    for (let i = 0; i < RUNS; i++) runs.push(await measured(url, chrome.port));
    console.log(JSON.stringify({
      scores: categories.map((_, i) => median(runs.map(r => r.scores[i]))),
      lost: [...new Set(runs.flatMap(r => r.lost))], requests: runs[0].requests, bytes: runs[0].bytes,
    }));
  }
} finally {
  chrome.kill();
}
