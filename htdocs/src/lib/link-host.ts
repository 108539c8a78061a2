/*
 * Where a link goes, when its text says or suggests something else: words of the text that look
 * like an address of another host, and hosts whose letters are of scripts that are not written
 * together (a Cyrillic "а" in a Latin name).
 */

/** Without what has no width or turns the direction; wide letters and odd full stops made plain. */
const visible = (text: string): string => text.replace(/\p{Cf}/gu, '').normalize('NFKC');

const apart = /[\s()<>[\]{}"'“”‘’«»,;|]+/u;
const address = /^(?:([a-z][a-z\d+.-]*):[/\\]+)?(?:([^/?#\\]*)@)?([^/?#\\@]*)/iu;
const hostLike =
	/^(?:[\p{L}\p{N}\p{M}_-]+[.。])+(?:\p{L}[\p{L}\p{M}\p{N}-]+|(?<=^\d+\.\d+\.\d+\.)\d+)$/u;

/** As the browser would resolve it: lower case, punycode; '' when it is no host. */
function hostOf(text: string): string {
	try {
		return new URL(`http://${text}`).hostname.replace(/^www\./, '');
	} catch {
		return '';
	}
}

/** Scripts that share one name without anybody being misled: Latin beside those of East Asia. */
const families = [
	/^[\p{scx=Latin}\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Bopomofo}]*$/u,
	...[
		...['Arabic', 'Armenian', 'Bengali', 'Cyrillic', 'Devanagari', 'Ethiopic', 'Georgian', 'Greek'],
		...['Gujarati', 'Gurmukhi', 'Hebrew', 'Kannada', 'Khmer', 'Lao', 'Malayalam', 'Myanmar'],
		...['Oriya', 'Sinhala', 'Tamil', 'Telugu', 'Thaana', 'Thai', 'Tibetan'],
	].map((script) => new RegExp(`^\\p{scx=${script}}*$`, 'u')),
];

export function mixesScripts(host: string): boolean {
	const letters = host.replace(/[^\p{L}]/gu, '');
	return !families.some((family) => family.test(letters));
}

const plain = (url: string): string =>
	url.replace(/^(?:https?:\/\/|mailto:)/i, '').replace(/\/$/, '');

interface Target {
	host: string;
	/** What is shown of it: the host, or the whole address of a mail. */
	shown: string;
}

function targetOf(href: string): Target | null {
	try {
		const url = new URL(href);
		if (url.protocol !== 'mailto:')
			return { host: url.hostname.replace(/^www\./, ''), shown: url.hostname };
		const to = decodeURIComponent(url.pathname);
		return { host: hostOf(to.slice(to.lastIndexOf('@') + 1)), shown: to };
	} catch {
		return null;
	}
}

/** True when a word names a host (or a mail box) that is not the target. */
function misleads(word: string, { host, shown }: Target, mail: boolean): boolean {
	const [, scheme, user, rest = ''] = address.exec(word.replace(/^mailto:/i, '')) ?? [];
	const name = rest.replace(/:\d*$/, '').replace(/[.。…!?:]+$/u, '');
	if (!scheme && !hostLike.test(name)) return false;
	if (hostOf(name) !== host) return true;
	return mail
		? user !== undefined && `${user}@${name}`.toLowerCase() !== shown.toLowerCase()
		: user !== undefined;
}

/**
 * What has to stand behind the text of a link, null when the text tells it well enough, undefined
 * when the target is no address at all. `readable` is the target with its host in its own letters.
 */
export function trueTarget(
	text: string,
	href: string,
	readable: string,
): string | null | undefined {
	const target = targetOf(href);
	if (!target) return undefined;
	const mail = /^mailto:/i.test(href);
	const [, , user, written = ''] = address.exec(readable.replace(/^mailto:/i, '')) ?? [];
	const seen = visible(text);
	// A bare address tells all of itself, whatever stands in its path.
	const bare = (mail || user === undefined) && plain(seen) === plain(visible(readable));
	const wrong =
		mixesScripts(written) ||
		(!bare && seen.split(apart).some((word) => misleads(word, target, mail)));
	return wrong ? target.shown : null;
}
