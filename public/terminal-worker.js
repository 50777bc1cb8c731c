// Keeps the terminal's page and program at hand, so that they open without a network. Lists and journals are the program's business.

const PAGE = '/terminal', MANIFEST = '/terminal.webmanifest', OURS = 'terminal ';

// A version of the page is known by the files it names; they carry hashes.
const named = html => [...new Set(html.match(/\/pkg\/[\w.-]+/g)), MANIFEST];

// Takes the newest version, whole or not at all, and tells whether it is another than before.
const take = async () => {
	const answer = await fetch(PAGE, { cache: 'no-store', credentials: 'omit', redirect: 'error' });
	if (!answer.ok) throw Error(`the page answered ${answer.status}`);
	const files = named(await answer.clone().text()), name = OURS + files.join(' ');
	const older = (await caches.keys()).filter(known => known.startsWith(OURS) && known !== name);
	const cache = await caches.open(name);
	const had = await cache.match(PAGE);
	if (!had) {
		await cache.addAll(files);
		// Last, since a version counts from here on.
		await cache.put(PAGE, answer);
	}
	await Promise.all(older.map(known => caches.delete(known)));
	return !had;
};

const kept = async request => {
	for (const name of (await caches.keys()).filter(name => name.startsWith(OURS))) {
		const cache = await caches.open(name);
		const found = await cache.match(PAGE) && await cache.match(request, { ignoreSearch: true, ignoreVary: true });
		if (found) return found;
	}
	return fetch(request);
};

addEventListener('install', event => event.waitUntil(take().then(() => skipWaiting())));
addEventListener('activate', event => event.waitUntil(clients.claim()));
addEventListener('fetch', event => {
	const { request } = event, { origin, pathname } = new URL(request.url);
	if (request.method !== 'GET' || origin !== location.origin) return;
	if (request.mode === 'navigate' ? pathname === PAGE : pathname.startsWith('/pkg/') || pathname === MANIFEST)
		event.respondWith(kept(request.mode === 'navigate' ? PAGE : request));
});
// The page asks now and then whether there is a newer version.
addEventListener('message', event => event.waitUntil(take().then(newer => newer && event.source.postMessage('newer'), () => {})));
