/** The direct memory of one client: where it comes from, and how all of it goes back at close. */
@NullMarked
package io.tikvdirect.client.internal.memory;

import org.jspecify.annotations.NullMarked;
