import { useMemo, useState } from 'react';
import * as api from '../../api/endpoints';
import { problemText } from '../../api/problem';
import { publicUrl } from '../../lib/base';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { channelsOf } from '../../store/selectors';
import { useChat } from '../../store/store';
import { Check } from '../../ui/field';
import { FormError } from '../../ui/form';

/** What everybody can read without an account, and whether search engines may tell them of it. */
export function WebPages({ serverId }: { serverId: string }) {
	const all = useChat((s) => s.channels);
	const shown = useMemo(
		() => channelsOf(all, serverId).filter((c) => c.web_public),
		[all, serverId],
	);
	const known = useChat((s) => s.servers[serverId]?.web_robots ?? false);
	// Shown as asked for until the stream says the same.
	const [asked, setAsked] = useState<boolean | null>(null);
	const { run, error } = useSubmit(async (on: boolean) => {
		setAsked(on);
		try {
			await api.patchServer(serverId, { web_robots: on });
		} catch (e) {
			setAsked(null);
			throw e;
		}
	});
	if (asked !== null && asked === known) setAsked(null);
	return (
		<section aria-label={t('web.title')} className="flex flex-col gap-2">
			<h4 className="font-bold">{t('web.title')}</h4>
			<p className="text-ink-2 text-sm">{t(shown.length > 0 ? 'web.lead' : 'web.none')}</p>
			{shown.length > 0 && (
				<ul aria-label={t('web.title')} className="flex flex-col">
					{shown.map((c) => (
						<li key={c.id} className="flex">
							<a
								href={publicUrl(`/web/${c.id}`)}
								target="_blank"
								rel="noreferrer"
								className="flex min-h-9 items-center truncate text-moss text-sm hover:underline pointer-coarse:min-h-11"
							>
								<bdi>#{c.name}</bdi>
							</a>
						</li>
					))}
				</ul>
			)}
			<Check
				label={t('web.robots')}
				hint={t('web.robots_hint')}
				checked={asked ?? known}
				onChange={(on) => void run(on)}
			/>
			{error && <FormError>{problemText(error)}</FormError>}
		</section>
	);
}
