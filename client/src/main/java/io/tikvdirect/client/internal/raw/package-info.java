/** The raw engine: operations, batches and scans beneath the three faces. Not part of the public API. */
@NullMarked
package io.tikvdirect.client.internal.raw;

import org.jspecify.annotations.NullMarked;
