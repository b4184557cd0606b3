// Fields of the panel, made from plain descriptions: { id, label, get, set, help, options … }.
import {
  CheckboxEntry, Group, isCheckboxEntryEdited, isSelectEntryEdited, isTextAreaEntryEdited, isTextFieldEntryEdited,
  SelectEntry, TextAreaEntry, TextFieldEntry,
} from '@bpmn-io/properties-panel';
import { h } from '@bpmn-io/properties-panel/preact';
import { useService } from 'bpmn-js-properties-panel';

const given = ({ id, label, get, set, help, check, disabled, rows, options, element }) => ({
  id, element, label, getValue: get, setValue: set, description: help, validate: check, disabled, rows,
  getOptions: options && (() => options), translate: useService('translate'),
});

function Section(props) {
  return h(Group, { ...props, translate: useService('translate') });
}

function Text(props) {
  return h(TextFieldEntry, { ...given(props), debounce: useService('debounceInput') });
}

function Lines(props) {
  return h(TextAreaEntry, { ...given(props), monospace: props.monospace, debounce: useService('debounceInput') });
}

function Choice(props) {
  return h(SelectEntry, given(props));
}

function Tick(props) {
  return h(CheckboxEntry, given(props));
}

function Said(props) {
  return h('p', { class: `studio-said ${props.tone || ''}`, id: props.id }, props.text);
}

function Press(props) {
  return h('div', { class: 'bio-properties-panel-entry' },
    h('button', { type: 'button', class: 'btn btn-sm', 'data-entry-id': props.id, onClick: props.act }, props.label));
}

export const text = (entry) => ({ component: Text, isEdited: isTextFieldEntryEdited, ...entry });
export const lines = (entry) => ({ component: Lines, isEdited: isTextAreaEntryEdited, ...entry });
export const tick = (entry) => ({ component: Tick, isEdited: isCheckboxEntryEdited, ...entry });
export const said = (id, sentence, tone) => ({ component: Said, id, text: sentence, tone });
export const press = (entry) => ({ component: Press, ...entry });

/** A list to choose from: `options` [{ value, label }]. A value that is not in it stays, marked as unknown. */
export function choice(entry) {
  const value = entry.get();
  const unknown = value && !entry.options.some((one) => one.value === value);
  const options = unknown ? [...entry.options, { value, label: value }] : entry.options;
  return { component: Choice, isEdited: isSelectEntryEdited, ...entry, options };
}

export const group = (id, label, entries) => ({
  id, label, entries: entries.filter(Boolean), component: Section, shouldOpen: true,
});
