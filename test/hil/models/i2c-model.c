// SPDX-License-Identifier: GPL-2.0
/*
 * A test tool: an I2C adapter with three chips behind it, for drivers that use /dev/i2c-N.
 *
 *   0x20  MCP23017   16 pins, IOCON.BANK = 0, no interrupts
 *   0x48  ADS1115    obeys multiplexer, gain, data rate, single shot and continuous mode; the OS bit is busy while it converts
 *   0x4f  LM75       0.125 degrees C
 *
 * i2c-stub is a register file that knows SMBus only: its ADS1115 would answer the same for every input.
 *
 * /sys/kernel/i2c-model:
 *   ain0_uv .. ain3_uv   microvolts at the inputs of the ADS1115
 *   lm75_mdeg            temperature, thousandths of a degree C
 *   mcp23017_wires       what the wires outside give each pin while it is an input, hexadecimal
 *   mcp23017_levels      the level of each pin, whoever drives it (read only)
 *   mcp23017, ads1115, lm75    the chip's health: "ok"
 *                        "absent": nobody acknowledges the address (EREMOTEIO, as on a Raspberry Pi)
 *                        "stuck": it acknowledges and does nothing: the expander keeps its levels, the converter stays busy, the
 *                        sensor keeps its temperature
 *                        "holds": it holds the data line, so that every transfer on the bus times out (ETIMEDOUT)
 *   conversions          how many conversions each input had as the positive one: "AIN0 AIN1 AIN2 AIN3"
 *
 * Simplifications: the converter takes the voltage at the beginning of a conversion; transfers last as long as at `khz`.
 */
#include <linux/delay.h>
#include <linux/i2c.h>
#include <linux/kobject.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sysfs.h>

static int bus = 1;
module_param(bus, int, 0444);
MODULE_PARM_DESC(bus, "N of /dev/i2c-N (1)");
static int khz = 400;
module_param(khz, int, 0444);
MODULE_PARM_DESC(khz, "Clock of the bus (400); 0: transfers take no time");

enum health { OK, ABSENT, STUCK, HOLDS };
static const char *const health_words[] = { "ok", "absent", "stuck", "holds" };
enum chip { MCP23017, ADS1115, LM75, CHIPS };
static const u16 addresses[CHIPS] = { 0x20, 0x48, 0x4f };

static DEFINE_MUTEX(lock);
static enum health health[CHIPS];

/* ---- ADS1115 ---- */

enum { CONVERSION, CONFIG, LOW_THRESHOLD, HIGH_THRESHOLD };
#define OS BIT(15)
#define SINGLE_SHOT BIT(8)

static s32 ain_uv[4];
static u32 conversions[4];
static struct {
	u8 pointer;
	u16 registers[4];
	bool converting;
	s16 next;
	ktime_t ready;
} ads = { .registers = { 0, 0x0583, 0x8000, 0x7fff } };

static s16 ads_code(void)
{
	static const s32 full_scale_uv[] = { 6144000, 4096000, 2048000, 1024000, 512000, 256000, 256000, 256000 };
	static const u8 positive[] = { 0, 0, 1, 2, 0, 1, 2, 3 };
	static const s8 negative[] = { 1, 3, 3, 3, -1, -1, -1, -1 };
	u16 config = ads.registers[CONFIG];
	u8 mux = (config >> 12) & 7;
	s64 uv = ain_uv[positive[mux]] - (negative[mux] < 0 ? 0 : ain_uv[negative[mux]]);

	conversions[positive[mux]]++;
	return clamp_t(s64, div_s64(uv * 32768, full_scale_uv[(config >> 9) & 7]), -32768, 32767);
}

static void ads_begin(ktime_t from)
{
	static const u16 per_second[] = { 8, 16, 32, 64, 128, 250, 475, 860 };
	u32 period_ns = NSEC_PER_SEC / per_second[(ads.registers[CONFIG] >> 5) & 7];

	ads.next = ads_code();
	ads.ready = ktime_add_ns(from, period_ns + 25000); /* 25 us to wake up */
	ads.converting = true;
}

/* Brings the conversion register up to now. */
static void ads_catch_up(void)
{
	while (ads.converting && ktime_compare(ktime_get(), ads.ready) >= 0) {
		ads.registers[CONVERSION] = ads.next;
		ads.converting = false;
		/* What was missed while nobody looked is not made up for one by one. */
		if (!(ads.registers[CONFIG] & SINGLE_SHOT))
			ads_begin(ktime_get());
	}
}

static void ads_write(const u8 *bytes, int length)
{
	u8 at;

	if (length < 1)
		return;
	at = ads.pointer = bytes[0] & 3;
	if (length < 3 || at == CONVERSION || health[ADS1115] == STUCK)
		return;
	ads_catch_up();
	ads.registers[at] = (bytes[1] << 8) | bytes[2];
	if (at != CONFIG)
		return;
	/* OS has no effect while a conversion is under way: it ends with the input that it began with. */
	if (!ads.converting && ((ads.registers[CONFIG] & OS) || !(ads.registers[CONFIG] & SINGLE_SHOT)))
		ads_begin(ktime_get());
	ads.registers[CONFIG] &= ~OS;
}

static void ads_read(u8 *bytes, int length)
{
	u16 value;
	int i;

	ads_catch_up();
	value = ads.registers[ads.pointer];
	if (ads.pointer == CONFIG && !ads.converting && health[ADS1115] != STUCK)
		value |= OS;
	for (i = 0; i < length; i++)
		bytes[i] = i & 1 ? value & 0xff : value >> 8;
}

/* ---- MCP23017 ---- */

enum { IODIR = 0x00, IPOL = 0x02, IOCON = 0x0a, INTF = 0x0e, INTCAP = 0x10, GPIO = 0x12, OLAT = 0x14, MCP_REGISTERS = 0x16 };

static u16 mcp_wires;
static u8 mcp_pointer;
static u8 mcp_registers[MCP_REGISTERS] = { [IODIR] = 0xff, [IODIR + 1] = 0xff };

static u8 mcp_levels(int port)
{
	u8 inputs = mcp_registers[IODIR + port];

	return ((mcp_wires >> (8 * port)) & inputs) | (mcp_registers[OLAT + port] & ~inputs);
}

static void mcp_write(const u8 *bytes, int length)
{
	int i;

	if (length < 1)
		return;
	mcp_pointer = bytes[0] % MCP_REGISTERS;
	for (i = 1; i < length; i++, mcp_pointer = (mcp_pointer + 1) % MCP_REGISTERS) {
		u8 at = mcp_pointer;

		if (health[MCP23017] == STUCK || (at >= INTF && at < GPIO))
			continue;
		if (at == GPIO || at == GPIO + 1)
			at += OLAT - GPIO; /* writing the port writes the latch */
		mcp_registers[at] = bytes[i];
		if (at == IOCON || at == IOCON + 1) /* one register at two addresses */
			mcp_registers[IOCON] = mcp_registers[IOCON + 1] = bytes[i] & 0x7f;
	}
}

static void mcp_read(u8 *bytes, int length)
{
	int i;

	for (i = 0; i < length; i++, mcp_pointer = (mcp_pointer + 1) % MCP_REGISTERS) {
		int port = mcp_pointer & 1;

		if (mcp_pointer == GPIO + port)
			bytes[i] = mcp_levels(port) ^ (mcp_registers[IPOL + port] & mcp_registers[IODIR + port]);
		else
			bytes[i] = mcp_registers[mcp_pointer];
	}
}

/* ---- LM75 ---- */

static s32 lm75_mdeg = 25000;
static u8 lm75_pointer;
static u16 lm75_registers[4] = { 0, 0, 0x4b00, 0x5000 };

static void lm75_measure(void)
{
	if (health[LM75] != STUCK)
		lm75_registers[0] = (u16)(clamp(lm75_mdeg, -55000, 127875) / 125) << 5;
}

static void lm75_write(const u8 *bytes, int length)
{
	if (length < 1)
		return;
	lm75_pointer = bytes[0] & 3;
	if (length >= 2 && lm75_pointer == 1)
		lm75_registers[1] = bytes[1] << 8; /* 8 bits */
	else if (length >= 3 && lm75_pointer >= 2)
		lm75_registers[lm75_pointer] = (bytes[1] << 8) | bytes[2];
}

static void lm75_read(u8 *bytes, int length)
{
	int i;

	lm75_measure();
	for (i = 0; i < length; i++)
		bytes[i] = i & 1 ? lm75_registers[lm75_pointer] & 0xff : lm75_registers[lm75_pointer] >> 8;
}

/* ---- the adapter ---- */

static const struct {
	void (*write)(const u8 *bytes, int length);
	void (*read)(u8 *bytes, int length);
} chips[CHIPS] = { { mcp_write, mcp_read }, { ads_write, ads_read }, { lm75_write, lm75_read } };

static int transfer_one(struct i2c_msg *message)
{
	int i;

	for (i = 0; i < CHIPS; i++)
		if (health[i] == HOLDS)
			return -ETIMEDOUT;
	for (i = 0; i < CHIPS; i++) {
		if (message->addr != addresses[i] || health[i] == ABSENT)
			continue;
		if (message->flags & I2C_M_RD)
			chips[i].read(message->buf, message->len);
		else
			chips[i].write(message->buf, message->len);
		return 0;
	}
	return -EREMOTEIO;
}

static int transfer(struct i2c_adapter *adapter, struct i2c_msg *messages, int count)
{
	int i, problem;

	for (i = 0; i < count; i++) {
		if (khz > 0) { /* nine bits a byte, and the address */
			u32 us = (messages[i].len + 1) * 9 * 1000 / khz;

			usleep_range(us, us + 50);
		}
		mutex_lock(&lock);
		problem = transfer_one(&messages[i]);
		mutex_unlock(&lock);
		if (problem)
			return problem;
	}
	return count;
}

static u32 functionality(struct i2c_adapter *adapter)
{
	return I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMUL;
}

static const struct i2c_algorithm algorithm = { .master_xfer = transfer, .functionality = functionality };
static struct i2c_adapter adapter = { .owner = THIS_MODULE, .algo = &algorithm, .name = "i2c-model" };

/* ---- what stands in /sys/kernel/i2c-model ---- */

struct number {
	struct kobj_attribute attribute;
	s32 *value;
};

static ssize_t number_show(struct kobject *kobject, struct kobj_attribute *attribute, char *text)
{
	return sysfs_emit(text, "%d\n", *container_of(attribute, struct number, attribute)->value);
}

static ssize_t number_store(struct kobject *kobject, struct kobj_attribute *attribute, const char *text, size_t count)
{
	s32 value;
	int problem = kstrtos32(text, 0, &value);

	if (problem)
		return problem;
	mutex_lock(&lock);
	*container_of(attribute, struct number, attribute)->value = value;
	mutex_unlock(&lock);
	return count;
}

#define NUMBER(file, variable) { __ATTR(file, 0644, number_show, number_store), variable }
static struct number numbers[] = {
	NUMBER(ain0_uv, &ain_uv[0]), NUMBER(ain1_uv, &ain_uv[1]), NUMBER(ain2_uv, &ain_uv[2]), NUMBER(ain3_uv, &ain_uv[3]),
	NUMBER(lm75_mdeg, &lm75_mdeg),
};

struct chip_file {
	struct kobj_attribute attribute;
	enum chip chip;
};

static ssize_t health_show(struct kobject *kobject, struct kobj_attribute *attribute, char *text)
{
	return sysfs_emit(text, "%s\n", health_words[health[container_of(attribute, struct chip_file, attribute)->chip]]);
}

static ssize_t health_store(struct kobject *kobject, struct kobj_attribute *attribute, const char *text, size_t count)
{
	int word = sysfs_match_string(health_words, text);

	if (word < 0)
		return word;
	mutex_lock(&lock);
	lm75_measure(); /* what it knows when it gets stuck */
	health[container_of(attribute, struct chip_file, attribute)->chip] = word;
	mutex_unlock(&lock);
	return count;
}

#define HEALTH(file, chip) { __ATTR(file, 0644, health_show, health_store), chip }
static struct chip_file chip_files[] = { HEALTH(mcp23017, MCP23017), HEALTH(ads1115, ADS1115), HEALTH(lm75, LM75) };

static ssize_t mcp23017_wires_show(struct kobject *kobject, struct kobj_attribute *attribute, char *text)
{
	return sysfs_emit(text, "0x%04x\n", mcp_wires);
}

static ssize_t mcp23017_wires_store(struct kobject *kobject, struct kobj_attribute *attribute, const char *text, size_t count)
{
	int problem = kstrtou16(text, 16, &mcp_wires);

	return problem ? problem : count;
}

static ssize_t mcp23017_levels_show(struct kobject *kobject, struct kobj_attribute *attribute, char *text)
{
	u16 levels;

	mutex_lock(&lock);
	levels = (mcp_levels(1) << 8) | mcp_levels(0);
	mutex_unlock(&lock);
	return sysfs_emit(text, "0x%04x\n", levels);
}

static ssize_t conversions_show(struct kobject *kobject, struct kobj_attribute *attribute, char *text)
{
	return sysfs_emit(text, "%u %u %u %u\n", conversions[0], conversions[1], conversions[2], conversions[3]);
}

static struct kobj_attribute others[] = { __ATTR_RW(mcp23017_wires), __ATTR_RO(mcp23017_levels), __ATTR_RO(conversions) };
static struct kobject *directory;

static int __init make_files(void)
{
	int i, problem = 0;

	directory = kobject_create_and_add("i2c-model", kernel_kobj);
	if (!directory)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(numbers) && !problem; i++) {
		sysfs_attr_init(&numbers[i].attribute.attr);
		problem = sysfs_create_file(directory, &numbers[i].attribute.attr);
	}
	for (i = 0; i < ARRAY_SIZE(chip_files) && !problem; i++) {
		sysfs_attr_init(&chip_files[i].attribute.attr);
		problem = sysfs_create_file(directory, &chip_files[i].attribute.attr);
	}
	for (i = 0; i < ARRAY_SIZE(others) && !problem; i++) {
		sysfs_attr_init(&others[i].attr);
		problem = sysfs_create_file(directory, &others[i].attr);
	}
	if (problem)
		kobject_put(directory);
	return problem;
}

static int __init i2c_model_init(void)
{
	int problem = make_files();

	if (problem)
		return problem;
	adapter.nr = bus;
	problem = i2c_add_numbered_adapter(&adapter);
	if (problem)
		kobject_put(directory);
	return problem;
}

static void __exit i2c_model_exit(void)
{
	i2c_del_adapter(&adapter);
	kobject_put(directory);
}

module_init(i2c_model_init);
module_exit(i2c_model_exit);
MODULE_DESCRIPTION("I2C adapter with an ADS1115, an MCP23017 and an LM75, for tests");
MODULE_LICENSE("GPL");
