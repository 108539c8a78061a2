import { useState } from 'react';
import { useLocation } from 'wouter';
import '../../lib/later-texts';
import { t } from '../../lib/text';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';

/** For whom the link came by another way than a click: pasted, or only its code. */
export default function Join() {
	const [text, setText] = useState('');
	const [, navigate] = useLocation();
	const code = /([A-Za-z0-9_-]{4,64})\/?$/.exec(text.trim())?.[1];
	return (
		<form
			className="flex items-end gap-2"
			onSubmit={(e) => {
				e.preventDefault();
				if (code) navigate(`/invite/${code}`);
			}}
		>
			<div className="min-w-0 grow text-start text-ink">
				<Field
					label={t('invite.paste')}
					autoComplete="off"
					value={text}
					onChange={(e) => setText(e.target.value)}
				/>
			</div>
			<Button type="submit" disabled={!code}>
				{t('invite.join')}
			</Button>
		</form>
	);
}
