/**
 * The way of one operation to a store and back: the pooled operation, the single-writer link with its stream, in-flight
 * table and deadlines, and the slow path. Not part of the public API.
 */
@NullMarked
package io.tikvdirect.client.internal.store;

import org.jspecify.annotations.NullMarked;
