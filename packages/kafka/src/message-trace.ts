import {
  type Attributes,
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { KafkaRecord } from './port.ts';

type Headers = KafkaRecord['headers'];

/**
 * Sends within the request that is under way: its ids travel in the headers, and the send is a span of its trace.
 * Outside of a request, as for prices, it sends without headers.
 */
export function sendInTrace<R>(topic: string, send: (headers: Headers | undefined) => Promise<R>): Promise<R> {
  if (trace.getActiveSpan() === undefined) return send(undefined);
  return inSpan(topic, 'send', SpanKind.PRODUCER, context.active(), {}, () => send(headersOf(context.active())));
}

/**
 * Handles a record within the request that its headers name, as a span of that request's trace. Headers that name none,
 * or are malformed, are as good as none: then it is handled all the same.
 */
export function handleInTrace<R>(record: KafkaRecord, handle: () => Promise<R>): Promise<R> {
  const sender = contextOf(record);
  if (sender === ROOT_CONTEXT) return handle();
  const place = {
    'messaging.destination.partition.id': String(record.partition),
    'messaging.kafka.offset': record.offset,
  };
  return inSpan(record.topic, 'process', SpanKind.CONSUMER, sender, place, handle);
}

/** What the headers of a record say of the request in which it was sent; the root context when they say nothing. */
export function contextOf(record: KafkaRecord): Context {
  return propagation.extract(ROOT_CONTEXT, record.headers);
}

/** The headers that say what `contextOf` reads; undefined when there is nothing to say. */
export function headersOf(active: Context): Headers | undefined {
  const headers: Record<string, string> = {};
  propagation.inject(active, headers);
  return Object.keys(headers).length === 0 ? undefined : headers;
}

/** Names of https://opentelemetry.io/docs/specs/semconv/messaging/kafka/. Never the key: it may be an e-mail address. */
function inSpan<R>(
  topic: string,
  operation: 'send' | 'process',
  kind: SpanKind,
  parent: Context,
  attributes: Attributes,
  work: () => Promise<R>,
): Promise<R> {
  const options = {
    kind,
    attributes: {
      'messaging.system': 'kafka',
      'messaging.destination.name': topic,
      'messaging.operation.name': operation,
      'messaging.operation.type': operation,
      ...attributes,
    },
  };
  return trace
    .getTracer('@repo/kafka')
    .startActiveSpan(`${operation} ${topic}`, options, parent, (span) => endWith(span, work()));
}

/** The kind of an error alone is recorded: its words may quote what is secret. */
async function endWith<R>(span: Span, work: Promise<R>): Promise<R> {
  try {
    return await work;
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    span.setAttribute('error.type', error instanceof Error ? error.name : '_OTHER');
    throw error;
  } finally {
    span.end();
  }
}
