import { useEffect, useRef, useState } from 'react';
import { t } from '../../lib/text';
import { Button } from '../../ui/button';
import { useShownOnce } from '../../ui/unsaved';
import { copy } from '../messages/actions';

/** Shown once: to be kept where the authenticator is not. */
export function RecoveryCodes({ codes }: { codes: string[] }) {
	const box = useRef<HTMLElement>(null);
	const [kept, setKept] = useState(false);
	useShownOnce(!kept);
	const text = `${codes.join('\n')}\n`;
	useEffect(() => box.current?.focus(), []);
	const download = () => {
		const link = document.createElement('a');
		link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
		link.download = `${location.hostname}-recovery-codes.txt`;
		link.click();
		setKept(true);
		URL.revokeObjectURL(link.href);
	};
	const keepCopy = async () => {
		if (await copy(text, t('security.copied'))) setKept(true);
	};
	const print = () => {
		window.print();
		setKept(true);
	};
	return (
		<section
			ref={box}
			tabIndex={-1}
			aria-label={t('security.codes_fresh')}
			className="flex flex-col gap-3 rounded-xl bg-amber-soft p-4"
			data-print
		>
			<h4 className="font-bold">{t('security.codes_fresh')}</h4>
			<p className="text-sm">{t('security.codes_once')}</p>
			<ul className="grid gap-x-6 gap-y-1 font-mono text-sm sm:grid-cols-2">
				{codes.map((c) => (
					<li key={c}>{c}</li>
				))}
			</ul>
			<div className="flex flex-wrap gap-2 print:hidden">
				<Button onClick={keepCopy}>{t('security.copy')}</Button>
				<Button onClick={download}>{t('security.download')}</Button>
				<Button onClick={print}>{t('security.print')}</Button>
			</div>
		</section>
	);
}
