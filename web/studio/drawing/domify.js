// The libraries build parts of their pages from strings of HTML, some with style="…". Our policy allows no such styles
// (nobody's text may bring any); set through the element's own style object they are allowed, and mean the same.
import domify from '../../../node_modules/domify/index.js';

const INLINE = /(<[a-z][^<>]*?)\sstyle=(["'])(.*?)\2/gi;

const SAID = 'span, p, div';
let inOurWords = () => null;

/** Some of the strings hold words that cannot be translated otherwise. */
export function learnWords(translate) {
  inOurWords = translate;
}

export default function styled(html, document) {
  const node = domify(html.replace(INLINE, '$1 data-styled=$2$3$2'), document);
  if (node.nodeType === Node.ELEMENT_NODE || node.nodeType === Node.DOCUMENT_FRAGMENT_NODE) {
    apply(node);
    translate(node);
  }
  return node;
}

function translate(node) {
  for (const name of ['title', 'aria-label']) {
    for (const one of withSelf(node, `[${name}]`)) {
      one.setAttribute(name, inOurWords(one.getAttribute(name)) ?? one.getAttribute(name));
    }
  }
  for (const one of withSelf(node, SAID)) {
    for (const part of one.childNodes) {
      if (part.nodeType === Node.TEXT_NODE && part.data.trim()) {
        part.data = inOurWords(part.data.trim()) ?? part.data;
      }
    }
  }
}

function withSelf(node, selector) {
  return [...(node.matches?.(selector) ? [node] : []), ...node.querySelectorAll(selector)];
}

function apply(node) {
  for (const one of withSelf(node, '[data-styled]')) {
    one.style.cssText = one.getAttribute('data-styled');
    one.removeAttribute('data-styled');
  }
}
