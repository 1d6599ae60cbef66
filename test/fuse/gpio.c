// /sys/class/gpio as a FUSE file system with working POLLPRI, for tests on a kernel without GPIO.
//
//   gpio MOUNTPOINT LABEL:BASE:LINES [LABEL:BASE:LINES ...]
//
// Prints "ready" when the tree is there; ends, and unmounts, when standard input closes.
// Beside what the kernel shows (export, unexport, gpiochipB/{base,ngpio,label}, gpioN/{direction,value,edge,active_low}):
//
//   sim/level/N    write 0 or 1: what the wire outside gives line N while it is an input; read: the level of line N, whoever drives it
//   sim/held/N     write 1: somebody else holds the line, export answers EBUSY
//   sim/stuck/N    write 1: the level stays whatever is written to the line (a relay board without supply)
//   sim/fails/N    write 1: direction and value of the line answer EIO
//   sim/history/N  "NANOSECONDS in|out LEVEL" for each change of direction or level, CLOCK_MONOTONIC; write anything: forget
//
// N is the global number, as everywhere in sysfs.
#define FUSE_USE_VERSION 31
#include <errno.h>
#include <fuse.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { CHIPS = 4, LINES = 128, CHANGES = 4096 };

// Who has `value` open: sysfs says POLLPRI to each open file until that file is read again.
struct watch {
  struct fuse_pollhandle *handle;
  bool pending;
  int line;
  struct watch *next;
};

struct change {
  long long at;
  bool out, level;
};

struct line {
  bool exported, out, driven, wire, active_low, held, stuck, fails;
  int edge; // bit 0 rising, bit 1 falling
  struct watch *watches;
  struct change *changes; // a ring
  unsigned changed;
};

static struct chip {
  char label[64];
  int base, lines;
} chips[CHIPS];
static int chip_count;
static struct line lines[LINES];
static int line_count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

enum leaf { NONE, DIRECTION, VALUE, EDGE, ACTIVE_LOW, EXPORT, UNEXPORT, BASE, NGPIO, LABEL, LEVEL, HELD, STUCK, FAILS, HISTORY };
static const struct {
  const char *name;
  enum leaf leaf;
} line_leaves[] = {{"direction", DIRECTION}, {"value", VALUE}, {"edge", EDGE}, {"active_low", ACTIVE_LOW}},
  chip_leaves[] = {{"base", BASE}, {"ngpio", NGPIO}, {"label", LABEL}},
  sim_leaves[] = {{"level", LEVEL}, {"held", HELD}, {"stuck", STUCK}, {"fails", FAILS}, {"history", HISTORY}};
#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))
#define FIND(array, wanted, found)                                                                                             \
  for (int i_ = 0; i_ < COUNT(array); i_++)                                                                                    \
    if (!strcmp(array[i_].name, wanted)) found = array[i_].leaf

static const char *const edges[] = {"none", "rising", "falling", "both"};

// Global number to index of `lines`, or -1.
static int index_of(int number) {
  for (int i = 0, first = 0; i < chip_count; first += chips[i++].lines)
    if (number >= chips[i].base && number < chips[i].base + chips[i].lines) return first + number - chips[i].base;
  return -1;
}

static int number_of(int index) {
  int i = 0;
  for (; index >= chips[i].lines; i++) index -= chips[i].lines;
  return chips[i].base + index;
}

// What a path names. `line` or `chip` is -1 where it does not apply; a directory has leaf NONE.
struct place {
  bool exists;
  enum leaf leaf;
  int line, chip;
};

static struct place place_of(const char *path) {
  struct place place = {.exists = true, .leaf = NONE, .line = -1, .chip = -1};
  char name[32] = "", rest[64] = "";
  int number = 0, end = 0;
  if (!strcmp(path, "/") || !strcmp(path, "/sim")) return place;
  if (!strcmp(path, "/export")) place.leaf = EXPORT;
  else if (!strcmp(path, "/unexport")) place.leaf = UNEXPORT;
  else if (sscanf(path, "/sim/%31[a-z]%n", name, &end) == 1) {
    enum leaf leaf = NONE;
    FIND(sim_leaves, name, leaf);
    place.exists = leaf != NONE;
    if (path[end] == '\0') return place;
    place.leaf = leaf;
    int rest_end = 0;
    place.exists = leaf != NONE && sscanf(path + end, "/%d%n", &number, &rest_end) == 1 && path[end + rest_end] == '\0' &&
                   (place.line = index_of(number)) >= 0;
  } else if (sscanf(path, "/gpiochip%d%n", &number, &end) == 1) {
    for (int i = 0; i < chip_count; i++)
      if (chips[i].base == number) place.chip = i;
    place.exists = place.chip >= 0;
    if (path[end] == '\0') return place;
    if (sscanf(path + end, "/%63s", rest) == 1) FIND(chip_leaves, rest, place.leaf);
    place.exists = place.exists && place.leaf != NONE;
  } else if (sscanf(path, "/gpio%d%n", &number, &end) == 1) {
    place.line = index_of(number);
    place.exists = place.line >= 0 && lines[place.line].exported;
    if (path[end] == '\0') return place;
    if (sscanf(path + end, "/%63s", rest) == 1) FIND(line_leaves, rest, place.leaf);
    place.exists = place.exists && place.leaf != NONE;
  } else place.exists = false;
  return place;
}

static bool level_of(const struct line *line) { return line->out ? line->driven : line->wire; }

static void record(struct line *line) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  line->changes[line->changed++ % CHANGES] = (struct change){now.tv_sec * 1000000000LL + now.tv_nsec, line->out, level_of(line)};
}

static void notify(struct line *line) {
  for (struct watch *watch = line->watches; watch; watch = watch->next) {
    watch->pending = true;
    if (!watch->handle) continue;
    fuse_notify_poll(watch->handle);
    fuse_pollhandle_destroy(watch->handle);
    watch->handle = NULL;
  }
}

// The program makes it an output of this level, or changes the level.
static void put(struct line *line, bool level) {
  bool was_out = line->out, was = level_of(line);
  line->out = true;
  line->driven = line->stuck ? was : level;
  if (!was_out || was != line->driven) record(line);
}

static void let_go(struct line *line) {
  if (!line->out) return;
  line->out = false;
  record(line);
}

static int set_direction(struct line *line, const char *word) {
  if (line->fails) return -EIO;
  if (!strcmp(word, "in")) return let_go(line), 0;
  bool high = !strcmp(word, "high");
  if (!high && strcmp(word, "low") && strcmp(word, "out")) return -EINVAL;
  if (line->edge) return -EIO; // the kernel: a line that is an interrupt cannot be an output
  put(line, high);             // raw, whatever active_low says
  return 0;
}

static int set_edge(struct line *line, const char *word) {
  for (int i = 0; i < COUNT(edges); i++)
    if (!strcmp(word, edges[i])) {
      if (i && line->out) return -EIO;
      line->edge = i;
      return 0;
    }
  return -EINVAL;
}

static void drive(struct line *line, bool level) {
  if (line->wire == level) return;
  line->wire = level;
  if (line->out) return;
  record(line);
  bool rises = level != line->active_low; // edges are logical
  if (line->edge & (rises ? 1 : 2)) notify(line);
}

static int set_exported(int number, bool exported) {
  int index = index_of(number);
  if (index < 0) return -EINVAL;
  struct line *line = &lines[index];
  if (exported && (line->exported || line->held)) return -EBUSY;
  if (!exported && !line->exported) return -EINVAL;
  line->exported = exported;
  if (!exported) let_go(line); // as upstream kernels do; those of the Raspberry Pi keep driving unless told otherwise
  line->edge = 0;
  line->active_low = false;
  return 0;
}

static int set(struct place place, const char *word) {
  struct line *line = place.line < 0 ? NULL : &lines[place.line];
  char *end;
  long number = strtol(word, &end, 10);
  bool is_number = *word != '\0' && *end == '\0';
  if (place.leaf == DIRECTION) return set_direction(line, word);
  if (place.leaf == EDGE) return set_edge(line, word);
  if (place.leaf == HISTORY) return line->changed = 0, 0;
  if (!is_number) return -EINVAL;
  switch (place.leaf) {
    case EXPORT: return set_exported(number, true);
    case UNEXPORT: return set_exported(number, false);
    case VALUE:
      if (line->fails) return -EIO;
      if (!line->out) return -EPERM;
      put(line, !!number != line->active_low);
      return 0;
    case ACTIVE_LOW: line->active_low = !!number; return 0;
    case LEVEL: return drive(line, !!number), 0;
    case HELD: line->held = !!number; return 0;
    case STUCK: line->stuck = !!number; return 0;
    case FAILS: line->fails = !!number; return 0;
    default: return -EACCES;
  }
}

// What a file says, into a buffer that the caller frees.
static int get(struct place place, struct watch *watch, char **text) {
  struct line *line = place.line < 0 ? NULL : &lines[place.line];
  if (line && line->fails && (place.leaf == VALUE || place.leaf == DIRECTION)) return -EIO;
  if (place.leaf == HISTORY) {
    unsigned from = line->changed > CHANGES ? line->changed - CHANGES : 0;
    char *at = *text = malloc((line->changed - from) * 40 + 1);
    *at = '\0';
    for (unsigned i = from; i < line->changed; i++) {
      struct change *change = &line->changes[i % CHANGES];
      at += sprintf(at, "%lld %s %d\n", change->at, change->out ? "out" : "in", change->level);
    }
    return 0;
  }
  *text = malloc(80);
  int number = place.leaf == BASE      ? chips[place.chip].base
               : place.leaf == NGPIO   ? chips[place.chip].lines
               : place.leaf == VALUE   ? level_of(line) != line->active_low
               : place.leaf == LEVEL   ? level_of(line)
               : place.leaf == HELD    ? line->held
               : place.leaf == STUCK   ? line->stuck
               : place.leaf == FAILS   ? line->fails
               : place.leaf == ACTIVE_LOW ? line->active_low
                                       : 0;
  if (place.leaf == DIRECTION) strcpy(*text, line->out ? "out\n" : "in\n");
  else if (place.leaf == EDGE) sprintf(*text, "%s\n", edges[line->edge]);
  else if (place.leaf == LABEL) sprintf(*text, "%s\n", chips[place.chip].label);
  else if (place.leaf == EXPORT || place.leaf == UNEXPORT) return free(*text), -EIO;
  else sprintf(*text, "%d\n", number);
  if (watch) watch->pending = false;
  return 0;
}

static int on_getattr(const char *path, struct stat *stat, struct fuse_file_info *file) {
  (void)file;
  struct place place = place_of(path);
  if (!place.exists) return -ENOENT;
  *stat = (struct stat){.st_nlink = 1, .st_uid = getuid(), .st_gid = getgid()};
  stat->st_mode = place.leaf == NONE ? S_IFDIR | 0755 : S_IFREG | 0644;
  stat->st_size = place.leaf == NONE ? 0 : 4096;
  return 0;
}

#define FILL(name) fill(buffer, name, NULL, 0, 0)
static int on_readdir(const char *path, void *buffer, fuse_fill_dir_t fill, off_t offset, struct fuse_file_info *file,
                      enum fuse_readdir_flags flags) {
  (void)offset, (void)file, (void)flags;
  struct place place = place_of(path);
  char name[32];
  if (!place.exists) return -ENOENT;
  FILL("."), FILL("..");
  if (!strcmp(path, "/")) {
    FILL("export"), FILL("unexport"), FILL("sim");
    for (int i = 0; i < chip_count; i++) sprintf(name, "gpiochip%d", chips[i].base), FILL(name);
    for (int i = 0; i < line_count; i++)
      if (lines[i].exported) sprintf(name, "gpio%d", number_of(i)), FILL(name);
  } else if (!strcmp(path, "/sim")) {
    for (int i = 0; i < COUNT(sim_leaves); i++) FILL(sim_leaves[i].name);
  } else if (place.chip >= 0) {
    for (int i = 0; i < COUNT(chip_leaves); i++) FILL(chip_leaves[i].name);
  } else if (place.line >= 0) {
    for (int i = 0; i < COUNT(line_leaves); i++) FILL(line_leaves[i].name);
  } else
    for (int i = 0; i < line_count; i++) sprintf(name, "%d", number_of(i)), FILL(name);
  return 0;
}

static int on_open(const char *path, struct fuse_file_info *file) {
  struct place place = place_of(path);
  if (!place.exists) return -ENOENT;
  file->direct_io = 1;
  if (place.leaf != VALUE) return 0;
  struct watch *watch = calloc(1, sizeof *watch);
  if (!watch) return -ENOMEM;
  watch->line = place.line;
  watch->pending = true; // as in sysfs: a file that was never read has news
  pthread_mutex_lock(&lock);
  watch->next = lines[place.line].watches;
  lines[place.line].watches = watch;
  pthread_mutex_unlock(&lock);
  file->fh = (uint64_t)(uintptr_t)watch;
  return 0;
}

static int on_release(const char *path, struct fuse_file_info *file) {
  (void)path;
  struct watch *watch = (struct watch *)(uintptr_t)file->fh;
  if (!watch) return 0;
  pthread_mutex_lock(&lock);
  for (struct watch **at = &lines[watch->line].watches; *at; at = &(*at)->next)
    if (*at == watch) {
      *at = watch->next;
      break;
    }
  if (watch->handle) fuse_pollhandle_destroy(watch->handle);
  pthread_mutex_unlock(&lock);
  free(watch);
  return 0;
}

static int on_read(const char *path, char *buffer, size_t size, off_t offset, struct fuse_file_info *file) {
  struct watch *watch = (struct watch *)(uintptr_t)file->fh;
  struct place place = place_of(path);
  if (!place.exists) return -ENOENT;
  char *text;
  pthread_mutex_lock(&lock);
  int problem = get(place, watch, &text);
  pthread_mutex_unlock(&lock);
  if (problem) return problem;
  size_t length = strlen(text), left = (size_t)offset < length ? length - (size_t)offset : 0;
  if (size > left) size = left;
  memcpy(buffer, text + offset, size);
  free(text);
  return (int)size;
}

static int on_write(const char *path, const char *buffer, size_t size, off_t offset, struct fuse_file_info *file) {
  (void)offset, (void)file;
  struct place place = place_of(path);
  if (!place.exists) return -ENOENT;
  char word[32] = "";
  memcpy(word, buffer, size < sizeof word ? size : sizeof word - 1);
  word[strcspn(word, "\n")] = '\0';
  pthread_mutex_lock(&lock);
  int problem = set(place, word);
  pthread_mutex_unlock(&lock);
  return problem ? problem : (int)size;
}

static int on_poll(const char *path, struct fuse_file_info *file, struct fuse_pollhandle *handle, unsigned *ready) {
  (void)path;
  struct watch *watch = (struct watch *)(uintptr_t)file->fh;
  *ready = POLLIN | POLLOUT;
  if (!watch) {
    if (handle) fuse_pollhandle_destroy(handle);
    return 0;
  }
  pthread_mutex_lock(&lock);
  if (handle) {
    if (watch->handle) fuse_pollhandle_destroy(watch->handle);
    watch->handle = handle;
  }
  if (watch->pending) *ready |= POLLPRI | POLLERR;
  pthread_mutex_unlock(&lock);
  return 0;
}

static int on_truncate(const char *path, off_t offset, struct fuse_file_info *file) {
  (void)path, (void)offset, (void)file;
  return 0;
}

static int on_chmod(const char *path, mode_t mode, struct fuse_file_info *file) {
  (void)path, (void)mode, (void)file;
  return 0;
}

static void *until_input_closes(void *nothing) {
  char byte;
  while (read(STDIN_FILENO, &byte, 1) > 0) continue;
  kill(getpid(), SIGTERM);
  return nothing;
}

static void *on_init(struct fuse_conn_info *connection, struct fuse_config *config) {
  (void)connection;
  // Nothing may be remembered: gpioN comes and goes with a write to another file.
  config->entry_timeout = config->attr_timeout = config->negative_timeout = 0;
  pthread_t thread;
  if (pthread_create(&thread, NULL, until_input_closes, NULL)) exit(1);
  pthread_detach(thread);
  puts("ready");
  fflush(stdout);
  return NULL;
}

static const struct fuse_operations operations = {
  .init = on_init, .getattr = on_getattr, .readdir = on_readdir, .open = on_open, .release = on_release, .read = on_read,
  .write = on_write, .poll = on_poll, .truncate = on_truncate, .chmod = on_chmod,
};

int main(int count, char **words) {
  for (int i = 2; i < count && chip_count < CHIPS; i++) {
    struct chip *chip = &chips[chip_count];
    if (sscanf(words[i], "%63[^:]:%d:%d", chip->label, &chip->base, &chip->lines) != 3 || chip->lines < 1) return 2;
    line_count += chip->lines;
    chip_count++;
  }
  if (count < 3 || line_count > LINES) return fprintf(stderr, "usage: gpio MOUNTPOINT LABEL:BASE:LINES ... (%d lines at most)\n", LINES), 2;
  for (int i = 0; i < line_count; i++)
    if (!(lines[i].changes = calloc(CHANGES, sizeof(struct change)))) return 1;
  char *arguments[] = {words[0], "-f", words[1], NULL};
  return fuse_main(3, arguments, &operations, NULL);
}
