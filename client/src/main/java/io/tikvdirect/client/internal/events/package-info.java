/** What the client tells a flight recording; nothing of it lies on the way of an operation that goes well. */
@NullMarked
package io.tikvdirect.client.internal.events;

import org.jspecify.annotations.NullMarked;
