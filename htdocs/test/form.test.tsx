import { fireEvent, render, screen } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { ApiError } from '../src/api/problem';
import { Field } from '../src/ui/field';
import { Form, FormProblem, flawOf } from '../src/ui/form';

const input = (over: Partial<Parameters<typeof flawOf>[0]> = {}) =>
	flawOf({ type: 'text', value: '', required: false, minLength: -1, pattern: '', ...over });

test.each([
	[{}, null],
	[{ required: true }, 'required'],
	[{ required: true, value: '   ' }, 'required'],
	[{ type: 'password', required: true, value: '   ' }, null],
	[{ minLength: 2, value: 'a' }, 'too_short'],
	[{ minLength: 2, value: ' a ' }, 'too_short'],
	[{ minLength: 2, value: '🦊' }, 'too_short'],
	[{ minLength: 2, value: '' }, null],
	[{ pattern: '[a-z]+', value: 'ab cd' }, 'format'],
	[{ pattern: '[a-z]+', value: ' abcd ' }, null],
	[{ type: 'email', value: 'nobody' }, 'format'],
	[{ type: 'email', value: 'a@b' }, null],
] as const)('a field with %j: %s', (over, flaw) => expect(input(over)).toBe(flaw));

const draw = (run: () => Promise<void>, error: ApiError | null = null) => (
	<Form run={run} error={error}>
		<Field label="Name" field="name" required minLength={2} />
		<Field label="Topic" field="topic" />
		<FormProblem />
		<button type="submit">Go</button>
	</Form>
);

test('what is wrong is not sent, but marked, said and given the focus', () => {
	const run = vi.fn(async () => {});
	render(draw(run));
	fireEvent.click(screen.getByText('Go'));
	const name = screen.getByLabelText('Name');
	expect(run).not.toHaveBeenCalled();
	expect(name.getAttribute('aria-invalid')).toBe('true');
	expect(document.activeElement).toBe(name);
	expect(screen.getByText('This is needed.').id).toBe(name.getAttribute('aria-describedby'));
	fireEvent.change(name, { target: { value: 'x' } });
	expect(name.getAttribute('aria-invalid')).toBe(null);
	fireEvent.click(screen.getByText('Go'));
	expect(screen.getByText('At least 2 characters.')).toBeTruthy();
	fireEvent.change(name, { target: { value: 'xy' } });
	fireEvent.click(screen.getByText('Go'));
	expect(run).toHaveBeenCalledOnce();
});

test('a refusal stands at the field it names, else above the buttons', () => {
	const run = async () => {};
	const refused = (field: string) =>
		new ApiError('final', 422, 'invalid_fields', 0, [{ field, code: 'too_long' }]);
	const { rerender } = render(draw(run));
	rerender(draw(run, refused('topic')));
	expect(document.activeElement).toBe(screen.getByLabelText('Topic'));
	expect(screen.getByText('This is too long.')).toBeTruthy();
	expect(screen.queryByRole('alert')).toBe(null);
	rerender(draw(run, refused('elsewhere')));
	expect(screen.getByRole('alert').textContent).toBe('Something in the form is not right.');
});
