import { type Combo, comboText, commands, type KeyGroup } from '../../lib/keys';
import { t } from '../../lib/text';
import { Dialog } from '../../ui/dialog';

const groups: [KeyGroup, string][] = [
	['finding', 'keys.group_finding'],
	['moving', 'keys.group_moving'],
	['messages', 'keys.group_messages'],
	['writing', 'keys.group_writing'],
	['row', 'keys.group_row'],
];

/** Drawn from the table that the keys themselves come from. */
export default function Shortcuts({ onClose }: { onClose: () => void }) {
	return (
		<Dialog size="large" title={t('keys.title')} onClose={onClose}>
			<section
				data-first=""
				aria-label={t('keys.title')}
				// biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls and has nothing else to focus
				tabIndex={0}
				className="min-h-0 overflow-y-auto rounded-b-2xl px-5 pt-3 pb-5 -outline-offset-2"
			>
				<div className="gap-8 sm:columns-2">
					{groups.map(([group, label]) => (
						<section key={group} className="mb-5 break-inside-avoid">
							<h3 className="mb-1 font-semibold text-ink-2 text-xs">{t(label)}</h3>
							<dl className="divide-y divide-line">
								{commands
									.filter((c) => c.group === group)
									.map((c) => (
										<div key={c.id} className="flex items-center gap-3 py-1.5 text-sm">
											<dt className="grow">{t(c.label)}</dt>
											<dd className="flex gap-1">
												{(c.combos as readonly Combo[]).map((k) => (
													<kbd
														key={comboText(k)}
														className="whitespace-nowrap rounded-md border border-line bg-side px-1.5 py-0.5 font-sans text-xs"
													>
														{comboText(k)}
													</kbd>
												))}
											</dd>
										</div>
									))}
							</dl>
						</section>
					))}
				</div>
			</section>
		</Dialog>
	);
}
