// Passkeys: asks the browser's authenticator, and posts its answer with the form it stands in.

const bytes = text => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), letter => letter.charCodeAt());
const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

for (const form of document.querySelectorAll('form[data-passkey]')) {
	const { publicKey } = JSON.parse(form.dataset.passkey), adding = 'user' in publicKey;
	const button = form.querySelector('button'), said = form.querySelector('[role=status]');

	if (!window.PublicKeyCredential) {
		said.textContent = 'This browser has no passkeys, or the page did not come by https.';
		continue;
	}
	publicKey.challenge = bytes(publicKey.challenge);
	if (adding) publicKey.user.id = bytes(publicKey.user.id);
	for (const known of [...(publicKey.allowCredentials ?? []), ...(publicKey.excludeCredentials ?? [])]) known.id = bytes(known.id);
	button.hidden = false;

	form.addEventListener('submit', async event => {
		event.preventDefault();
		button.disabled = true;
		said.textContent = 'Your browser asks for the passkey now.';
		try {
			const made = await navigator.credentials[adding ? 'create' : 'get']({ publicKey }), answer = made.response;
			const response = { clientDataJSON: text(answer.clientDataJSON) };
			if (adding) {
				response.attestationObject = text(answer.attestationObject);
			} else {
				response.authenticatorData = text(answer.authenticatorData);
				response.signature = text(answer.signature);
				response.userHandle = answer.userHandle && text(answer.userHandle);
			}
			form.elements.credential.value = JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, response, extensions: {} });
			form.submit();
		} catch (cause) {
			button.disabled = false;
			said.textContent = cause.name === 'InvalidStateError'
				? 'This device has a passkey for you already.'
				: 'No passkey came. Try again, or do without.';
		}
	});
}
