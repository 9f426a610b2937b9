// The API reference, drawn from /openapi.json.
import {$, el} from './dom.js';
import {json} from './api.js';

const METHODS = ['get', 'put', 'post', 'delete'];
let drawn = false;

export async function showReference() {
  document.title = 'API · Candlewick';
  if (!drawn) {
    const api = await json('/openapi.json');
    $('reference').replaceChildren(el('div', {class: 'card prose'}, ...prose(api.info.description)), ...api.tags.map((tag) => group(api, tag)), messages(api));
    drawn = true;
  }
  return () => {};
}

/** Paragraphs, numbered lists, `code` and **bold**: as much of Markdown as the document uses. */
function prose(markdown) {
  return (markdown ?? '').split(/\n\n+/).map((block) => {
    const lines = block.split('\n');
    return lines.every((line) => /^\d+\. /.test(line))
      ? el('ol', {}, ...lines.map((line) => el('li', {}, ...words(line.replace(/^\d+\. /, '')))))
      : el('p', {}, ...words(block));
  });
}

const words = (line) => line.split(/(`[^`]+`|\*\*[^*]+\*\*|\*[^*]+\*)/).map((part) => {
  if (part.startsWith('`')) return el('code', {}, part.slice(1, -1));
  if (part.startsWith('**')) return el('strong', {}, part.slice(2, -2));
  return part.length > 2 && part.startsWith('*') ? el('em', {}, part.slice(1, -1)) : part;
});

const resolve = (api, object) => (object?.$ref ? object.$ref.slice(2).split('/').reduce((at, step) => at[step], api) : object);

function group(api, tag) {
  const operations = Object.entries(api.paths).flatMap(([path, item]) => METHODS.filter((method) => item[method]?.tags.includes(tag.name))
    .map((method) => operation(api, method, path, item)));
  return el('section', {}, el('h2', {}, tag.name), el('p', {class: 'hint'}, tag.description), ...operations);
}

function operation(api, method, path, item) {
  const of = item[method];
  const socket = '101' in of.responses;
  const parameters = [...(item.parameters ?? []), ...(of.parameters ?? [])].map((one) => resolve(api, one));
  return el('details', {class: 'card operation', id: `api-${of.operationId}`},
    el('summary', {}, el('span', {class: `method ${method}`}, socket ? 'WS' : method.toUpperCase()), el('code', {}, path), ' ', el('span', {}, of.summary)),
    el('div', {class: 'prose'}, ...prose(of.description)),
    ...(parameters.length ? [table(['Parameter', 'In', 'Type', 'What it is'], parameters.map((one) => parameterRow(api, one)))] : []),
    ...body(api, of.requestBody), ...responses(api, of.responses));
}

function parameterRow(api, parameter) {
  return [el('code', {}, parameter.name), parameter.in, type(api, parameter.schema),
    el('span', {}, ...words(parameter.description ?? resolve(api, parameter.schema)?.description ?? ''), parameter.required ? el('strong', {}, ' required') : '')];
}

function type(api, schema) {
  const of = resolve(api, schema) ?? {};
  const parts = [of.enum ? of.enum.map((value) => value ?? 'null').join(' | ') : of.const ?? [of.type ?? 'any'].flat().join(' | ')];
  if (schema?.$ref && of.type === 'object') parts[0] = schema.$ref.split('/').at(-1);
  if (of.type === 'array') parts[0] = `list of ${of.items?.$ref ? of.items.$ref.split('/').at(-1) : type(api, of.items)}`;
  if (of.default !== undefined) parts.push(`default ${of.default}`);
  if (of.maximum !== undefined) parts.push(`${of.minimum ?? ''}–${of.maximum}`);
  return parts.join(', ');
}

const table = (heads, rows) => el('div', {class: 'scroll'}, el('table', {class: 'data'},
  el('thead', {}, el('tr', {}, ...heads.map((head) => el('th', {scope: 'col'}, head)))),
  el('tbody', {}, ...rows.map((cells) => el('tr', {}, ...cells.map((cell) => el('td', {}, cell)))))));

function body(api, requestBody) {
  if (!requestBody) return [];
  return [el('h3', {}, 'Body'), ...Object.entries(requestBody.content).flatMap(([media, content]) => contentOf(api, media, content))];
}

function contentOf(api, media, content) {
  const shown = [el('p', {}, el('code', {}, media), ' ', ...words(content.schema?.description ?? ''))];
  shown.push(...fields(api, content.schema));
  for (const example of Object.values(content.examples ?? {})) {
    const value = typeof example.value === 'string' ? example.value : JSON.stringify(example.value, null, 1).replace(/\n\s{3,}/g, ' ').replace(/\n\s+([}\]])/g, ' $1');
    shown.push(el('figure', {}, el('figcaption', {}, example.summary ?? 'Example'), el('pre', {tabindex: '0'}, value)));
  }
  return shown;
}

function fields(api, schema) {
  const of = resolve(api, schema);
  const own = Object.entries(of?.properties ?? {});
  const rows = own.flatMap(([name, one]) => {
    const inner = resolve(api, resolve(api, one)?.items);
    const below = Object.entries(inner?.properties ?? {}).map(([field, two]) => fieldRow(api, `${name}[].${field}`, two, inner.required));
    return [fieldRow(api, name, one, of.required), ...below];
  });
  return rows.length ? [table(['Field', 'Type', 'What it is'], rows)] : (of?.anyOf ?? []).flatMap((one) => fields(api, one));
}

const fieldRow = (api, name, schema, required) => [el('code', {}, name), type(api, schema), el('span', {},
  ...words(schema.description ?? resolve(api, schema)?.description ?? ''), required?.includes(name.split('.').at(-1)) ? '' : el('span', {class: 'hint'}, ' optional'))];

function responses(api, all) {
  const rows = Object.entries(all).map(([status, one]) => [el('code', {}, status), el('span', {}, ...words(resolve(api, one).description))]);
  const good = Object.entries(resolve(api, all['200'])?.content ?? {}).flatMap(([media, content]) => contentOf(api, media, content));
  return [el('h3', {}, 'Answers'), table(['Status', 'When'], rows), ...good];
}

/** The messages of the two WebSockets: schemas whose description begins with their path. */
function messages(api) {
  const found = Object.entries(api.components.schemas).filter(([, schema]) => schema.description?.startsWith('/v1/'));
  return el('section', {}, el('h2', {}, 'WebSocket messages'), ...found.map(([name, schema]) => el('details', {class: 'card operation'},
    el('summary', {}, el('code', {}, name), ' ', el('span', {}, schema.description)), ...fields(api, {...schema}),
    ...(schema.examples ?? []).map((example) => el('pre', {tabindex: '0'}, JSON.stringify(example))))));
}
