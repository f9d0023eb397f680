/** What the cluster stores: ordered bytes, shared by all stores. */
@NullMarked
package io.tikvdirect.embedded.internal.data;

import org.jspecify.annotations.NullMarked;
