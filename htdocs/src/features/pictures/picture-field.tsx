import { ImageUp } from 'lucide-react';
import {
	type ClipboardEvent,
	type DragEvent,
	type ReactNode,
	useEffect,
	useId,
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

const TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];
const MOST = 4 * 1024 * 1024;
const SIDE = 72;

interface Props {
	label: string;
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
	if (e.status === 413) return t('picture.why_bytes');
	return e.status === 415 ? t('picture.why_type') : problemText(e);
}

/** Why a file need not be sent; null when it may be. */
function flawOf(file: Blob): string | null {
	if (!TYPES.includes(file.type)) return t('picture.why_type');
	return file.size > MOST ? t('picture.why_bytes') : null;
}

/** Choose, drop or paste a picture, see what will be seen of it, send it; or have none. */
export function PictureField({ label, children, has, save, remove }: Props) {
	const [file, setFile] = useState<Blob | null>(null);
	const [flaw, setFlaw] = useState<string | null>(null);
	const [part, setPart] = useState<number | null>(null);
	const [over, setOver] = useState(false);
	const input = useRef<HTMLInputElement>(null);
	const stop = useRef<AbortController | null>(null);
	const hint = useId();
	useEffect(() => () => stop.current?.abort(), []);
	const sending = useSubmit(async (chosen: Blob) => {
		const control = new AbortController();
		stop.current = control;
		setPart(0);
		try {
			await save({ file: chosen, onProgress: setPart, signal: control.signal });
			setFile(null);
			toast(t('toast.saved'));
		} catch (e) {
			if (!control.signal.aborted) throw e;
		} finally {
			setPart(null);
		}
	});
	const removing = useSubmit(remove);
	const take = (chosen: Blob | null | undefined) => {
		if (!chosen || sending.busy) return;
		const wrong = flawOf(chosen);
		setFlaw(wrong);
		setFile(wrong ? null : chosen);
	};
	const error = file ? sending.error : null;
	const problem =
		flaw ?? (error ? reason(error) : removing.error ? problemText(removing.error) : null);
	return (
		<section
			aria-label={label}
			className={cx(
				'flex flex-wrap items-center gap-4 rounded-xl border p-4',
				over ? 'border-moss bg-moss-soft' : 'border-line',
			)}
			onPaste={(e: ClipboardEvent) => take(e.clipboardData.files[0])}
			onDragOver={(e: DragEvent) => {
				if (!e.dataTransfer.types.includes('Files')) return;
				e.preventDefault();
				setOver(true);
			}}
			onDragLeave={() => setOver(false)}
			onDrop={(e: DragEvent) => {
				e.preventDefault();
				setOver(false);
				take(e.dataTransfer.files[0]);
			}}
		>
			{file ? <Preview file={file} /> : children}
			<div className="flex min-w-0 flex-1 flex-col gap-2">
				<input
					ref={input}
					type="file"
					accept={TYPES.join()}
					tabIndex={-1}
					aria-label={label}
					className="sr-only"
					onChange={(e) => {
						take(e.target.files?.[0]);
						e.target.value = '';
					}}
				/>
				{file ? (
					<div className="flex flex-wrap gap-2">
						<Button look="primary" busy={sending.busy} onClick={() => void sending.run(file)}>
							{t('picture.use')}
						</Button>
						<Button
							look="quiet"
							onClick={() => {
								stop.current?.abort();
								setFile(null);
							}}
						>
							{t('action.cancel')}
						</Button>
					</div>
				) : (
					<div className="flex flex-wrap gap-2">
						<Button aria-describedby={hint} onClick={() => input.current?.click()}>
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
				<p id={hint} className="text-ink-2 text-sm">
					{t('picture.hint')}
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

/** The square in the middle, as the server will cut it. */
function Preview({ file }: { file: Blob }) {
	const [url, setUrl] = useState<string>();
	useEffect(() => {
		const made = URL.createObjectURL(file);
		setUrl(made);
		return () => URL.revokeObjectURL(made);
	}, [file]);
	return (
		<img
			src={url}
			alt={t('picture.preview')}
			width={SIDE}
			height={SIDE}
			className="shrink-0 rounded-[28%] bg-hover object-cover"
			style={{ width: SIDE, height: SIDE }}
		/>
	);
}
