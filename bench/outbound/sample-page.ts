// A page of about 1 MiB as shops have them: navigation, products with links and images, text, scripts, comments. Every part is
// another one, so that nothing is found twice in a cache.

const WORDS =
  'the router sends each request to one of its servers and keeps what it has learnt about them in shared memory'.split(
    ' ',
  );

export function samplePage(bytes: number): Buffer {
  const parts = [
    '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Shop &amp; more</title>\n',
    '<link rel="stylesheet" href="http://inner.example:8081/css/site.css">\n<script src="/js/app.js"></script></head><body>\n',
  ];
  let length = parts.join('').length;
  for (let n = 0; length < bytes; n++) {
    const part = n % 20 === 19 ? scriptPart(n) : productPart(n);
    parts.push(part);
    length += part.length;
  }
  return Buffer.from(`${parts.join('')}</body></html>\n`);
}

function productPart(n: number): string {
  const inner = n % 3 === 0 ? 'http://inner.example:8081' : '';
  return `<div class="product" id="p${n}" data-price="${n % 97}.90">
  <a class="name" href="${inner}/shop/item/${n}?from=list&amp;page=${n % 13}" title="Item ${n} > more">Item ${n}</a>
  <img src="${inner}/images/${n}.jpg" alt="Picture of item ${n}" width="320" height='240'>
  <p>${text(n)}</p><!-- <a href="/hidden/${n}"> -->
  <form action="/cart/add" method=post><input type="hidden" name="id" value="${n}"><button>Buy</button></form>
</div>
`;
}

function scriptPart(n: number): string {
  return `<script>track({ id: ${n}, html: "<a href='/no/${n}'>", list: [${text(n).length}] });</script>\n`;
}

function text(n: number): string {
  return Array.from({ length: 30 + (n % 40) }, (_, at) => WORDS[(n * 7 + at * (1 + (n % 5))) % WORDS.length]).join(' ');
}
