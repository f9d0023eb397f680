/** Networks that misbehave, for tests. */
package io.tikvdirect.client.net;
