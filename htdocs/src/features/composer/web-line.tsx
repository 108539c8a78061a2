import { Globe } from 'lucide-react';
import { publicUrl } from '../../lib/base';
import { t } from '../../lib/text';
import { useChat } from '../../store/store';

/** Said where one writes: what is said here is for everybody. */
export function WebLine({ channelId }: { channelId: string }) {
	const shown = useChat((s) => s.channels[channelId]?.web_public ?? false);
	if (!shown) return null;
	const url = publicUrl(`/web/${channelId}`);
	return (
		<p id="composer-web" className="flex gap-1.5 px-1 pb-1 text-ink-2 text-xs">
			<Globe size={14} className="mt-px shrink-0" aria-hidden />
			<span className="min-w-0 break-words">
				{t('channel.everybody_reads')}{' '}
				<a
					href={url}
					target="_blank"
					rel="noreferrer"
					className="break-words text-moss underline underline-offset-2"
				>
					{url.replace(/^https?:\/\//, '')}
				</a>
			</span>
		</p>
	);
}
