// Visitor's code: the screen stays on while it is in sight, and one that changes is fetched anew.

const picture = document.querySelector('.code img'), note = document.querySelector('.code [data-lost]');

const awake = () => document.hidden || navigator.wakeLock?.request('screen').catch(() => {});
document.addEventListener('visibilitychange', awake);
awake();

if (note) {
	const address = picture.src;
	let asked = 0;
	const next = () => {
		if (!document.hidden) picture.src = address + '?' + ++asked;
	};
	picture.onload = () => note.textContent = '';
	picture.onerror = () => note.textContent = note.dataset.lost;
	// Half as long as it lasts, and at once when somebody looks again.
	setInterval(next, 7e3);
	document.addEventListener('visibilitychange', next);
}
