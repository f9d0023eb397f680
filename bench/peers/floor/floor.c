/* The floor: what moving the same bytes over one loopback connection costs without any protocol. One process answers, the
 * other sends a batch of requests with one write and waits for all their answers. It takes the flags of ./tikv bench, of
 * which it minds --in-flight (messages of a batch), --warmup, --duration, and prints the same line of JSON; its own are
 * --request and --answer, bytes of a message on the wire. CPU is that of the asking process alone.
 *
 * With --callers the messages are those of as many threads, and each sleeps until its answer has come: one thread writes what
 * they ask for, reads the answers and wakes them one by one, by a mutex and a condition each, as LockSupport.park does. That
 * is what every client costs whose callers block threads of the system, without any protocol.
 * Build: cc -O2 -pthread -o floor floor.c */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static double cpu(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static double seconds(const char *text) {
  double number = atof(text);
  return strstr(text, "ms") ? number / 1e3 : number;
}

static void put(int fd, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t n = send(fd, bytes, length, MSG_NOSIGNAL);
    if (n <= 0) fail("send");
    bytes += n;
    length -= (size_t)n;
  }
}

/* Waits as an event loop does: epoll first, then one read of what is there. */
static int take(int epoll, int fd, char *into, size_t length) {
  while (length > 0) {
    struct epoll_event event;
    if (epoll_wait(epoll, &event, 1, -1) < 1) continue;
    ssize_t n = recv(fd, into, length, 0);
    if (n == 0) return 0;
    if (n < 0) fail("recv");
    length -= (size_t)n;
  }
  return 1;
}

static int watch(int fd) {
  int epoll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN};
  if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0) fail("epoll");
  int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return epoll;
}

static void serve(int listening, size_t asked, size_t answered) {
  int fd = accept(listening, NULL, NULL), epoll = watch(fd);
  char *in = malloc(asked), *out = calloc(1, answered);
  while (take(epoll, fd, in, asked)) put(fd, out, answered);
  exit(0);
}

/* Answers every request as soon as it has come, in one write for all that came together. */
static void serve_each(int listening, size_t most, size_t request, size_t answer) {
  int fd = accept(listening, NULL, NULL), epoll = watch(fd);
  char *in = malloc(most * request), *out = calloc(most, answer);
  size_t begun = 0;
  for (;;) {
    struct epoll_event event;
    if (epoll_wait(epoll, &event, 1, -1) < 1) continue;
    ssize_t n = recv(fd, in, most * request, 0);
    if (n <= 0) exit(0);
    begun += (size_t)n;
    put(fd, out, begun / request * answer);
    begun %= request;
  }
}

struct caller {
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t answered;
  int has_answer;
  atomic_int asks;
  char apart[128]; /* callers do not share a line of the cache */
};

static struct caller *callers;
static atomic_int loop_sleeps;
static int wake_up;

/* A caller: asks, wakes the loop if it sleeps, and sleeps until it is answered. */
static void *call(void *argument) {
  struct caller *me = argument;
  for (;;) {
    atomic_store(&me->asks, 1);
    if (atomic_load(&loop_sleeps) && atomic_exchange(&loop_sleeps, 0)) eventfd_write(wake_up, 1);
    pthread_mutex_lock(&me->lock);
    while (!me->has_answer) pthread_cond_wait(&me->answered, &me->lock);
    me->has_answer = 0;
    pthread_mutex_unlock(&me->lock);
  }
  return NULL;
}

static void answer_caller(struct caller *caller) {
  pthread_mutex_lock(&caller->lock);
  caller->has_answer = 1;
  pthread_mutex_unlock(&caller->lock);
  pthread_cond_signal(&caller->answered);
}

/* Takes up who asks now; when nobody does, sleeps until somebody has. */
static size_t gather(size_t count, struct caller **asking) {
  for (;;) {
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
      if (atomic_load(&callers[i].asks)) {
        atomic_store(&callers[i].asks, 0);
        asking[found++] = &callers[i];
      }
    if (found > 0) {
      atomic_store(&loop_sleeps, 0);
      return found;
    }
    if (atomic_exchange(&loop_sleeps, 1) == 0) continue; /* looks once more behind what it has just said */
    eventfd_t sum;
    eventfd_read(wake_up, &sum);
  }
}

static void start_callers(size_t count) {
  wake_up = eventfd(0, 0);
  callers = calloc(count, sizeof *callers);
  for (size_t i = 0; i < count; i++) {
    pthread_mutex_init(&callers[i].lock, NULL);
    pthread_cond_init(&callers[i].answered, NULL);
    if (pthread_create(&callers[i].thread, NULL, call, &callers[i])) fail("thread");
  }
}

int main(int count, char **args) {
  const char *workload = "floor";
  int blocking = 0;
  size_t batch = 16, request = 64, answer = 96;
  double warmup = 1, duration = 5;
  for (int i = 1; i < count; i++) {
    if (!strcmp(args[i], "--no-load") || !strcmp(args[i], "--json") || !strcmp(args[i], "--zipf")) continue;
    if (!strcmp(args[i], "--callers")) {
      blocking = 1;
      continue;
    }
    const char *value = i + 1 < count ? args[i + 1] : "";
    if (!strcmp(args[i], "--workload")) workload = value;
    if (!strcmp(args[i], "--in-flight")) batch = strtoul(value, NULL, 10);
    if (!strcmp(args[i], "--request")) request = strtoul(value, NULL, 10);
    if (!strcmp(args[i], "--answer")) answer = strtoul(value, NULL, 10);
    if (!strcmp(args[i], "--warmup")) warmup = seconds(value);
    if (!strcmp(args[i], "--duration")) duration = seconds(value);
    i++;
  }
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t length = sizeof address;
  int listening = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(listening, (void *)&address, length) < 0 || listen(listening, 1) < 0) fail("listen");
  getsockname(listening, (void *)&address, &length);
  size_t asked = batch * request, answered = batch * answer;
  pid_t server = fork();
  if (server == 0 && blocking) serve_each(listening, batch, request, answer);
  if (server == 0) serve(listening, asked, answered);
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(fd, (void *)&address, length) < 0) fail("connect");
  int epoll = watch(fd);
  char *out = calloc(1, asked), *in = malloc(answered);
  double start = now(), from = 0, used = 0, end = start + warmup + duration;
  long messages = 0;
  struct caller **asking = malloc(batch * sizeof *asking);
  if (blocking) start_callers(batch);
  for (double at = start; at < end; at = now()) {
    if (from == 0 && at - start >= warmup) {
      from = at;
      used = cpu();
      messages = 0;
    }
    size_t now_asked = blocking ? gather(batch, asking) : batch;
    put(fd, out, now_asked * request);
    if (!take(epoll, fd, in, now_asked * answer)) fail("the server ended");
    for (size_t i = 0; blocking && i < now_asked; i++) answer_caller(asking[i]);
    messages += (long)now_asked;
  }
  double wall = now() - from, cost = cpu() - used, ops = (double)messages;
  kill(server, SIGTERM);
  printf("{\"workload\":\"%s\",\"face\":\"%s\",\"in_flight\":%zu,\"threads\":%zu,\"ops\":%.0f,\"errors\":0,\"ops_per_s\":%.1f,"
         "\"p50_us\":null,\"p99_us\":null,\"p999_us\":null,\"max_us\":null,\"client_cpu_us_per_op\":%.4f,"
         "\"alloc_bytes_per_op\":0,\"gc_count\":0,\"rss_mb\":null,\"direct_mb\":null,"
         "\"jvm\":\"C, %zu B asked, %zu B answered\"}\n",
         workload, blocking ? "floor of blocking" : "floor", batch, blocking ? batch : 1, ops, ops / wall, cost * 1e6 / ops, request, answer);
  return 0;
}
