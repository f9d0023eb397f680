/**
 * What calls of every kind are made of: promises, the wait for a place in the window, batches cut into chunks by region,
 * walks over regions. Knows neither raw nor transactional requests. Not part of the public API.
 */
@NullMarked
package io.tikvdirect.client.internal.call;

import org.jspecify.annotations.NullMarked;
