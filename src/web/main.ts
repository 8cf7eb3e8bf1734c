/** The web page of dshd: the stream of events in, one of three views on show. */
import { describeChange } from './announcements.ts';
import { h, setAttribute, setText, type View } from './dom.ts';
import { createJobPage } from './job-page.ts';
import { listenToNews } from './news.ts';
import { createNodePage } from './node-page.ts';
import { createOverview } from './overview.ts';
import { readRoute, type Route } from './route.ts';
import { createStore, type Store } from './store.ts';

const main = document.querySelector('main')!;
const contact = document.querySelector('#contact')!;
const announcement = document.querySelector('#announcement')!;
let view: View | undefined;
let isThere = true;

const store = createStore((before) => {
  setText(document.querySelector('#self')!, store.model().self);
  if (!before) show(false);
  const sentences = before ? describeChange(before, store.model()) : [];
  if (sentences.length > 0) {
    setText(announcement, `${new Date().toLocaleTimeString()} ${sentences.join('; ')}`);
  }
  view?.update();
});

function show(isAsked: boolean): void {
  if (store.isEmpty()) return;
  view?.close();
  view = createView(store, readRoute(location.hash));
  view.update();
  main.replaceChildren(view.root);
  document.title = view.title;
  // Who follows a link is to be told where it led; at the first visit the browser does so itself.
  if (isAsked) view.root.querySelector<HTMLElement>('h1')?.focus();
}

function createView(from: Store, route: Route): View {
  switch (route.view) {
    case 'cluster':
      return createOverview(from);
    case 'node':
      return createNodePage(from, route.name);
    case 'job':
      return createJobPage(from, route.job);
    case 'nowhere':
      return createNowhere();
  }
}

function createNowhere(): View {
  const link = h('a', { href: '#/' }, 'the cluster');
  const root = h('div', {}, h('h1', { tabindex: -1 }, 'Nothing is here'), h('p', {}, 'See ', link));
  return { root, title: 'dsh', update: () => {}, close: () => {} };
}

function setContact(isNow: boolean): void {
  isThere = isNow;
  setText(contact, isNow ? 'live' : 'the daemon does not answer; trying again');
  setAttribute(document.documentElement, 'data-contact', isNow ? 'there' : 'lost');
}

addEventListener('hashchange', () => show(true));
// Ages and bars move although nothing is told.
setInterval(() => {
  if (isThere && document.visibilityState === 'visible') view?.update();
}, 1000);
listenToNews({
  onSnapshot: store.takeSnapshot,
  onChange: store.takeChange,
  onContact: setContact,
});
