import { act, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { type ReactNode, useState } from 'react';
import { beforeEach, expect, test, vi } from 'vitest';
import { Profile } from '../src/features/account/profile';
import { Announcer } from '../src/features/messages/announcer';
import { RuleEditor } from '../src/features/moderation/rule-editor';
import { RecoveryCodes } from '../src/features/security/recovery-codes';
import GeneralPage from '../src/features/servers/general-page';
import { useSubmit } from '../src/lib/use-submit';
import { apply } from '../src/store/store';
import { PagedDialog } from '../src/ui/paged-dialog';
import { useUnsaved } from '../src/ui/unsaved';
import { boot, created } from './make';

beforeEach(() => {
	apply({ kind: 'signed-out' });
	apply({ kind: 'bootstrap', data: boot() });
});

function Editor() {
	const [text, setText] = useState('');
	useUnsaved(text !== '');
	return <input aria-label="Name" value={text} onChange={(e) => setText(e.target.value)} />;
}

test('a dialog asks before what is not saved is lost, by whatever way one leaves', async () => {
	const closed = vi.fn();
	const page = (id: string, body: ReactNode) => ({ id, label: id, icon: null, body });
	render(
		<PagedDialog
			title="Settings"
			pages={[page('one', <Editor />), page('two', 'Second')]}
			onClose={closed}
		/>,
	);
	const field = () => screen.getByLabelText('Name') as HTMLInputElement;
	const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }));
	const asked = () => screen.queryByText('Your changes are not saved.') !== null;
	fireEvent.change(field(), { target: { value: 'Oak' } });
	press('Close');
	expect([asked(), closed.mock.calls.length]).toEqual([true, 0]);
	press('Keep editing');
	expect([asked(), field().value]).toEqual([false, 'Oak']);
	fireEvent.keyDown(field(), { key: 'Escape' });
	expect([asked(), closed.mock.calls.length]).toEqual([true, 0]);
	press('Keep editing');
	fireEvent.change(screen.getByRole('combobox'), { target: { value: 'two' } });
	expect([asked(), field().value]).toEqual([true, 'Oak']);
	press('Discard changes');
	await waitFor(() => screen.getByText('Second'));
	press('Close');
	expect([asked(), closed.mock.calls.length]).toEqual([false, 1]);
});

test('what is as it was again is left without a question', () => {
	const closed = vi.fn();
	render(
		<PagedDialog
			title="Settings"
			pages={[{ id: 'one', label: 'one', icon: null, body: <Editor /> }]}
			onClose={closed}
		/>,
	);
	const fill = (value: string) =>
		fireEvent.change(screen.getByLabelText('Name'), { target: { value } });
	fill('Oak');
	fireEvent.click(screen.getByRole('button', { name: 'Close' }));
	fill('');
	expect(screen.queryByRole('alertdialog')).toBe(null);
	fireEvent.click(screen.getByRole('button', { name: 'Close' }));
	expect(closed.mock.calls.length).toBe(1);
});

function Saver({ save }: { save: () => Promise<void> }) {
	const [dirty, setDirty] = useState(true);
	const { run, busy } = useSubmit(async () => {
		await save();
		setDirty(false);
	});
	useUnsaved(dirty, busy);
	return (
		<button type="button" onClick={() => void run()}>
			Save
		</button>
	);
}

test.each(['saved', 'refused'])(
	'who leaves while something is being saved goes when it is: %s',
	async (end) => {
		const closed = vi.fn();
		let finish: () => void = () => undefined;
		const answer = new Promise<void>((good, bad) => {
			finish = () => (end === 'saved' ? good() : bad(new Error('refused')));
		});
		const page = { id: 'one', label: 'one', icon: null, body: <Saver save={() => answer} /> };
		render(<PagedDialog title="Settings" pages={[page]} onClose={closed} />);
		fireEvent.click(screen.getByRole('button', { name: 'Save' }));
		fireEvent.click(screen.getByRole('button', { name: 'Close' }));
		expect([closed.mock.calls.length, screen.queryByRole('alertdialog')]).toEqual([0, null]);
		await act(async () => finish());
		expect([closed.mock.calls.length, screen.queryByRole('alertdialog') !== null]).toEqual(
			end === 'saved' ? [1, false] : [0, true],
		);
	},
);

const rule = {
	id: '',
	name: 'Fruit',
	kind: 'words' as const,
	words: [],
	allow: [],
	deny: [],
	most: null,
	action: 'block' as const,
	timeout_s: 600,
	exempt_roles: [],
	enabled: true,
};
const none = () => undefined;

test.each([
	['Name', <GeneralPage key="g" serverId="5" onClose={none} />],
	['Display name', <Profile key="p" />],
	['Name', <RuleEditor key="r" serverId="5" rule={rule} onSaved={none} onBack={none} />],
])('the dialog asks about what was typed as: %s', (label, body) => {
	const closed = vi.fn();
	const page = { id: 'one', label: 'one', icon: null, body };
	render(<PagedDialog title="Settings" pages={[page]} onClose={closed} />);
	const close = () => fireEvent.click(screen.getByRole('button', { name: 'Close' }));
	fireEvent.change(screen.getByLabelText(label), { target: { value: 'Something else' } });
	close();
	expect([closed.mock.calls.length, screen.queryByRole('alertdialog') !== null]).toEqual([0, true]);
});

test('what was announced does not stay where the message may go', async () => {
	vi.useFakeTimers();
	try {
		render(<Announcer channelId="10" />);
		act(() => apply({ kind: 'page', channelId: '10', items: [], page: 'latest' }));
		act(() => apply(created(1)));
		await act(() => vi.advanceTimersByTimeAsync(1500));
		screen.getByText('other: m1');
		await act(() => vi.advanceTimersByTimeAsync(15_000));
		expect(screen.queryByText('other: m1')).toBe(null);
	} finally {
		vi.useRealTimers();
	}
});

test('codes that are shown once are asked about until they are kept', async () => {
	const closed = vi.fn();
	vi.stubGlobal('navigator', { ...navigator, clipboard: { writeText: async () => undefined } });
	const page = { id: 'one', label: 'one', icon: null, body: <RecoveryCodes codes={['abcd']} /> };
	render(<PagedDialog title="Settings" pages={[page]} onClose={closed} />);
	const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }));
	press('Close');
	screen.getByRole('alertdialog', { name: /^These codes are shown this once/ });
	press('Back to the codes');
	expect(closed.mock.calls.length).toBe(0);
	press('Copy');
	await waitFor(() => {
		press('Close');
		expect(screen.queryByRole('alertdialog')).toBe(null);
	});
	expect(closed.mock.calls.length).toBeGreaterThan(0);
});

test('roles that no rule binds are shown as exempt, and cannot be bound', () => {
	const data = boot();
	const role = { position: 5, color: null, mentionable: false, kind: 'custom' };
	const roles = [
		{ ...role, id: '60', name: 'Keepers', permissions: '128' },
		{ ...role, id: '61', name: 'Readers', permissions: '3' },
	];
	Object.assign(data.servers[0] ?? {}, { roles });
	apply({ kind: 'bootstrap', data });
	render(<RuleEditor serverId="5" rule={rule} onSaved={none} onBack={none} />);
	const box = (name: string) => screen.getByRole('checkbox', { name }) as HTMLInputElement;
	expect([box('Keepers').checked, box('Keepers').disabled]).toEqual([true, true]);
	expect([box('Readers').checked, box('Readers').disabled]).toEqual([false, false]);
});
