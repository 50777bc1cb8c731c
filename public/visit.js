// A real press opens a door; its card is the answer.

const find = (css, at = document) => at.querySelector(css), main = find('main'), say = main.dataset;

const countdown = (ms, show, done) => {
	const end = Date.now() + +ms, step = () => {
		const left = Math.ceil((end - Date.now()) / 1e3);
		left > 0 ? (show(left), setTimeout(step, 200)) : done();
	};
	step();
};

for (const card of document.querySelectorAll('[data-url]')) {
	const button = find('button', card), [title, text] = find('[role=status]', card).children;
	let id, lost, busy, focused;

	const show = (state, head = '', body = '') => {
		card.className = 'door ' + state;
		title.textContent = head;
		text.textContent = body;
		find('b', card).textContent = '';
		busy = /busy|open/.test(state);
		if (!busy && focused && !find(':focus')) button.focus();
	};
	const open = ms => countdown(ms, n => find('b', card).textContent = n + ' s', () => show(''));

	button.onclick = async press => {
		if (!press.isTrusted || busy) return;
		focused = find(':focus') == button;
		show('busy', say.opening);
		// Kept until a final answer: a retry is the same.
		id ||= [Date.now(), ...crypto.getRandomValues(new Uint32Array(3))].join('-');
		try {
			const r = await fetch(card.dataset.url, {
				method: 'POST', signal: AbortSignal.timeout?.(12e3), headers: { Accept: 'application/json' },
				body: new URLSearchParams({ csrf: say.csrf, request_id: id })
			}), a = await r.json(), left = a.uses_left;
			if (!a.title || lost && !r.ok) throw 0;
			if (r.ok) id = lost = 0;
			show(a.state + (a.retry ? '' : ' end'), a.title, a.text);
			if (busy) open(a.open_ms);
			if (left != null) {
				find('#left').textContent = say.left.split('|')[Math.min(left, 2)].replace('{}', left);
				main.classList.toggle('spent', !left);
			}
		} catch {
			lost = 1;
			show('lost', say.lost, say.lostText);
		}
	};
	if (card.dataset.open) open(card.dataset.open);
}

const clock = find('[data-in]');
if (clock) countdown(clock.dataset.in, n => clock.textContent = new Date(n * 1e3).toJSON().slice(11, 19), () => location.reload());
