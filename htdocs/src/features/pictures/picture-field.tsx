import { ImageUp } from 'lucide-react';
import {
	type ClipboardEvent,
	type DragEvent,
	type ReactNode,
	useEffect,
	useId,
	useLayoutEffect,
	useRef,
	useState,
} from 'react';
import { type ApiError, problemText } from '../../api/problem';
import type { Upload } from '../../api/upload';
import { cx } from '../../lib/cx';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { Button } from '../../ui/button';
import { toast } from '../../ui/toast';
import { CropBox, type Picture } from './crop-box';
import { cut, mayCut, readPicture } from './cut';
import { middle, type Square } from './square';

const TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];
const MB = 1024 * 1024;
/** What the server takes. */
const MOST_MB = 4;
/** What is read here, of which only a small square is sent. */
const MOST_CUT_MB = 25;

interface Props {
	label: string;
	/** Whose it is, where that stands nowhere else. */
	title?: ReactNode;
	/** What is shown now: a picture or the letters in its place. */
	children: ReactNode;
	has: boolean;
	save: (upload: Upload) => Promise<unknown>;
	remove: () => Promise<unknown>;
}

const reasons: Record<string, string> = {
	broken: 'picture.why_broken',
	too_large: 'picture.why_pixels',
	too_costly: 'picture.why_costly',
};

function reason(e: ApiError): string {
	const id = reasons[e.fields.find((f) => f.field === 'picture')?.code ?? ''];
	if (id) return t(id);
	if (e.status === 413) return t('picture.why_bytes', { count: MOST_MB });
	return e.status === 415 ? t('picture.why_type') : problemText(e);
}

/** Why a file need not be read; null when it may be. */
function flawOf(file: Blob, most: number): string | null {
	if (!TYPES.includes(file.type)) return t('picture.why_type');
	return file.size > most * MB ? t('picture.why_bytes', { count: most }) : null;
}

/** A file that was chosen, read by the browser, and which square of it is meant. */
interface Chosen {
	file: Blob;
	image: HTMLImageElement;
	picture: Picture;
	square: Square;
}

async function read(file: Blob): Promise<Chosen> {
	const url = URL.createObjectURL(file);
	try {
		const image = await readPicture(url);
		const size = { width: image.naturalWidth, height: image.naturalHeight };
		return { file, image, picture: { url, ...size }, square: middle(size) };
	} catch (e) {
		URL.revokeObjectURL(url);
		throw e;
	}
}

/** The file that is chosen; the latest one, when several are one after another. */
function useChosen(cuts: boolean, onFlaw: (flaw: string | null) => void) {
	const [chosen, setChosen] = useState<Chosen | null>(null);
	const turn = useRef(0);
	const url = chosen?.picture.url;
	useEffect(() => () => (url ? URL.revokeObjectURL(url) : undefined), [url]);
	useEffect(() => () => void ++turn.current, []);
	const take = async (file: Blob | null) => {
		const mine = ++turn.current;
		const flaw = file && flawOf(file, cuts ? MOST_CUT_MB : MOST_MB);
		onFlaw(flaw);
		if (!file || flaw) return setChosen(null);
		const got = await read(file).catch(() => null);
		if (mine !== turn.current) return got ? URL.revokeObjectURL(got.picture.url) : undefined;
		setChosen(got);
		if (!got) onFlaw(t('picture.why_broken'));
	};
	const move = (square: Square) => setChosen((c) => (c ? { ...c, square } : c));
	return { chosen, take, move };
}

/** What has the focus when a picture was chosen, and when that is over. */
function useFocus(choosing: boolean) {
	const box = useRef<HTMLElement>(null);
	const before = useRef(choosing);
	useLayoutEffect(() => {
		if (before.current === choosing) return;
		before.current = choosing;
		const at = document.activeElement;
		// Not from wherever somebody has gone meanwhile.
		if (at?.matches('body, [role=dialog]') || box.current?.contains(at) || at === null)
			box.current
				?.querySelector<HTMLElement>(choosing ? '[data-crop]' : '[data-choose-picture]')
				?.focus();
	}, [choosing]);
	return box;
}

/** Choose, drop or paste a picture, say which square of it is seen, send it; or have none. */
export function PictureField({ label, title, children, has, save, remove }: Props) {
	const [flaw, setFlaw] = useState<string | null>(null);
	const [part, setPart] = useState<number | null>(null);
	const [said, setSaid] = useState('');
	const [over, setOver] = useState(false);
	const [cuts] = useState(mayCut);
	const { chosen, take, move } = useChosen(cuts, setFlaw);
	const input = useRef<HTMLInputElement>(null);
	const stop = useRef<AbortController | null>(null);
	const hint = useId();
	const box = useFocus(chosen !== null);
	useEffect(() => () => stop.current?.abort(), []);
	const sending = useSubmit(async ({ file, image, square }: Chosen) => {
		const control = new AbortController();
		stop.current = control;
		setPart(0);
		try {
			const sent = cuts ? await cut(image, square, file.type) : file;
			await save({ file: sent, onProgress: setPart, signal: control.signal });
			await take(null);
			toast(t('toast.saved'));
		} catch (e) {
			if (!control.signal.aborted) throw e;
			setSaid(t('picture.cancelled'));
		} finally {
			setPart(null);
		}
	});
	const removing = useSubmit(async () => {
		await remove();
		setSaid(t('picture.removed'));
		input.current?.parentElement?.querySelector<HTMLElement>('[data-choose-picture]')?.focus();
	});
	const offer = (file: Blob | null | undefined) => {
		if (!file || sending.busy) return;
		setSaid('');
		void take(file);
	};
	const cancel = () => {
		stop.current?.abort();
		if (!sending.busy) setSaid('');
		void take(null);
	};
	const error = chosen ? sending.error : null;
	const problem =
		flaw ?? (error ? reason(error) : removing.error ? problemText(removing.error) : null);
	return (
		<section
			ref={box}
			aria-label={label}
			className={cx(
				'flex flex-wrap items-start gap-4 rounded-xl border p-4',
				over ? 'border-moss bg-moss-soft' : 'border-line',
			)}
			onPaste={(e: ClipboardEvent) => offer(e.clipboardData.files[0])}
			onDragOver={(e: DragEvent) => {
				if (!e.dataTransfer.types.includes('Files')) return;
				e.preventDefault();
				setOver(true);
			}}
			onDragLeave={() => setOver(false)}
			onDrop={(e: DragEvent) => {
				e.preventDefault();
				setOver(false);
				offer(e.dataTransfer.files[0]);
			}}
		>
			{chosen ? (
				<Shown chosen={chosen} cuts={cuts} disabled={sending.busy} onChange={move} />
			) : (
				<div className="shrink-0">{children}</div>
			)}
			<div className="flex min-w-36 flex-1 flex-col gap-2">
				<input
					ref={input}
					type="file"
					accept={TYPES.join()}
					tabIndex={-1}
					aria-label={label}
					className="sr-only"
					onChange={(e) => {
						offer(e.target.files?.[0]);
						e.target.value = '';
					}}
				/>
				{title && !chosen && <div className="min-w-0 leading-tight">{title}</div>}
				{chosen ? (
					<div className="flex flex-wrap gap-2">
						<Button look="primary" busy={sending.busy} onClick={() => void sending.run(chosen)}>
							{t('picture.use')}
						</Button>
						<Button look="quiet" onClick={cancel}>
							{t('action.cancel')}
						</Button>
					</div>
				) : (
					<div className="flex flex-wrap gap-2">
						<Button
							data-choose-picture=""
							aria-describedby={hint}
							onClick={() => input.current?.click()}
						>
							<ImageUp size={16} aria-hidden />
							{t('picture.choose')}
						</Button>
						{has && (
							<Button look="quiet" busy={removing.busy} onClick={() => void removing.run()}>
								{t('picture.remove')}
							</Button>
						)}
					</div>
				)}
				{part !== null && (
					<progress
						aria-label={t('picture.sending')}
						value={part}
						className="h-1.5 w-full accent-moss"
					/>
				)}
				{!chosen && (
					<p id={hint} className="text-ink-2 text-sm">
						{t('picture.hint', { count: cuts ? MOST_CUT_MB : MOST_MB })}
					</p>
				)}
				<p role="status" className="text-ink-2 text-sm empty:hidden">
					{said}
				</p>
				{problem && (
					<p role="alert" className="text-danger text-sm">
						{problem}
					</p>
				)}
			</div>
		</section>
	);
}

interface ShownProps {
	chosen: Chosen;
	cuts: boolean;
	disabled: boolean;
	onChange: (square: Square) => void;
}

/** Where nothing can be cut, the square in the middle: what the server will take. */
function Shown({ chosen: { picture, square }, cuts, disabled, onChange }: ShownProps) {
	if (cuts)
		return <CropBox picture={picture} square={square} onChange={onChange} disabled={disabled} />;
	return (
		<img
			src={picture.url}
			alt={t('picture.preview')}
			className="size-52 shrink-0 rounded-[28%] bg-hover object-cover"
		/>
	);
}
