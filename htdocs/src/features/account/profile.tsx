import { useState } from 'react';
import * as api from '../../api/endpoints';
import { putAvatar } from '../../api/upload';
import { nameOf, plainUsername } from '../../lib/people';
import { t } from '../../lib/text';
import { timeIn } from '../../lib/time';
import { useSubmit } from '../../lib/use-submit';
import { apply, useChat } from '../../store/store';
import { Avatar } from '../../ui/avatar';
import { Button } from '../../ui/button';
import { Area, Choice } from '../../ui/field';
import { Form, FormProblem } from '../../ui/form';
import { toast } from '../../ui/toast';
import { useUnsaved } from '../../ui/unsaved';
import { DisplayNameField, UsernameField } from '../auth/fields';
import { PictureField } from '../pictures/picture-field';

const here = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** That of this device first, then all that the browser knows. */
function zones(mine: string): [string, string][] {
	const all = new Set([here, ...Intl.supportedValuesOf('timeZone'), mine]);
	all.delete('');
	return [
		['', t('account.time_zone_none')],
		...[...all].map((z): [string, string] => [
			z,
			z === here ? t('account.time_zone_here', { zone: spoken(z) }) : spoken(z),
		]),
	];
}

const spoken = (zone: string): string => zone.replaceAll('_', ' ');

export function Profile() {
	const me = useChat((s) => s.me);
	const [name, setName] = useState(me?.display_name ?? '');
	const [username, setUsername] = useState(me?.username ?? '');
	const [bio, setBio] = useState(me?.bio ?? '');
	const [zone, setZone] = useState(me?.time_zone ?? '');
	const newName = name.trim() !== me?.display_name;
	const newUsername = plainUsername(username) !== me?.username;
	const newBio = bio.trim() !== (me?.bio ?? '');
	const newZone = zone !== (me?.time_zone ?? '');
	const { run, busy, error } = useSubmit(async () => {
		const updated = await api.patchMe({
			...(newName ? { display_name: name.trim() } : {}),
			...(newUsername ? { username: plainUsername(username) } : {}),
			...(newBio ? { bio: bio.trim() || null } : {}),
			...(newZone ? { time_zone: zone || null } : {}),
		});
		apply({ kind: 'me', me: updated });
		setUsername(updated.username);
		toast(t('toast.saved'));
	});
	useUnsaved(newName || newUsername || newBio || newZone, busy);
	if (!me) return null;
	const clock = zone ? timeIn(zone) : null;
	return (
		<div className="flex flex-col gap-6">
			<PictureField
				label={t('picture.mine')}
				title={
					<>
						<bdi className="block truncate font-bold text-lg">{name.trim() || nameOf(me)}</bdi>
						<bdi className="block truncate text-ink-2 text-sm">@{me.username}</bdi>
					</>
				}
				has={me.avatar_url !== null}
				save={async (upload) => apply({ kind: 'me', me: await putAvatar(upload) })}
				remove={async () => {
					await api.deleteAvatar();
					apply({ kind: 'me', me: { ...me, avatar_url: null } });
				}}
			>
				<Avatar id={me.id} name={name.trim() || me.username} url={me.avatar_url} size={72} />
			</PictureField>
			<Form run={run} error={error}>
				<DisplayNameField required value={name} onChange={setName} />
				<UsernameField
					hint={t('account.username_hint')}
					taken={error?.code === 'username_taken'}
					value={username}
					onChange={setUsername}
				/>
				<Area
					label={t('account.bio')}
					hint={t('account.bio_hint')}
					field="bio"
					maxLength={500}
					value={bio}
					onChange={(e) => setBio(e.target.value)}
				/>
				<Choice
					label={t('account.time_zone')}
					hint={clock ? t('account.time_zone_now', { time: clock }) : t('account.time_zone_hint')}
					value={zone}
					onChange={setZone}
					options={zones(zone)}
				/>
				{error?.code !== 'username_taken' && <FormProblem />}
				<div>
					<Button
						type="submit"
						look="primary"
						busy={busy}
						disabled={!(newName || newUsername || newBio || newZone)}
					>
						{t('action.save')}
					</Button>
				</div>
			</Form>
		</div>
	);
}
