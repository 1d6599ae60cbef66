// SPDX-License-Identifier: GPL-2.0
/*
 * A test tool: a PWM chip of two channels without hardware. Programs meet the kernel's own /sys/class/pwm/pwmchipN, found by its
 * `device` link, which ends in pwm-model.
 *
 * /sys/kernel/pwm-model:
 *   channel0, channel1   what the pin does: "ENABLED PERIOD_NS DUTY_NS INVERTED", kept when the channel is let go of, as hardware does
 *   fails                1: the chip refuses every change with EIO
 */
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/pwm.h>
#include <linux/sysfs.h>

enum { CHANNELS = 2 };

static DEFINE_MUTEX(lock);
static struct pwm_state pins[CHANNELS];
static bool fails;

static int apply(struct pwm_chip *chip, struct pwm_device *pwm, const struct pwm_state *state)
{
	if (fails)
		return -EIO;
	mutex_lock(&lock);
	pins[pwm->hwpwm] = *state;
	mutex_unlock(&lock);
	return 0;
}

static const struct pwm_ops operations = { .apply = apply, .owner = THIS_MODULE };
static struct pwm_chip chip = { .ops = &operations, .npwm = CHANNELS };
static struct platform_device *device;
static struct kobject *directory;

static ssize_t channel_show(int channel, char *text)
{
	struct pwm_state pin;

	mutex_lock(&lock);
	pin = pins[channel];
	mutex_unlock(&lock);
	return sysfs_emit(text, "%d %llu %llu %d\n", pin.enabled, pin.period, pin.duty_cycle, pin.polarity == PWM_POLARITY_INVERSED);
}

static ssize_t channel0_show(struct kobject *kobject, struct kobj_attribute *attribute, char *text)
{
	return channel_show(0, text);
}

static ssize_t channel1_show(struct kobject *kobject, struct kobj_attribute *attribute, char *text)
{
	return channel_show(1, text);
}

static ssize_t fails_show(struct kobject *kobject, struct kobj_attribute *attribute, char *text)
{
	return sysfs_emit(text, "%d\n", fails);
}

static ssize_t fails_store(struct kobject *kobject, struct kobj_attribute *attribute, const char *text, size_t count)
{
	int problem = kstrtobool(text, &fails);

	return problem ? problem : count;
}

static struct kobj_attribute channel0_file = __ATTR_RO(channel0), channel1_file = __ATTR_RO(channel1), fails_file = __ATTR_RW(fails);
static struct attribute *files[] = { &channel0_file.attr, &channel1_file.attr, &fails_file.attr, NULL };
static const struct attribute_group group = { .attrs = files };

static int __init pwm_model_init(void)
{
	int problem;

	device = platform_device_register_simple("pwm-model", PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(device))
		return PTR_ERR(device);
	chip.dev = &device->dev;
	problem = pwmchip_add(&chip);
	if (problem)
		goto unregister;
	directory = kobject_create_and_add("pwm-model", kernel_kobj);
	problem = directory ? sysfs_create_group(directory, &group) : -ENOMEM;
	if (problem)
		goto remove;
	return 0;
remove:
	kobject_put(directory);
	pwmchip_remove(&chip);
unregister:
	platform_device_unregister(device);
	return problem;
}

static void __exit pwm_model_exit(void)
{
	kobject_put(directory);
	pwmchip_remove(&chip);
	platform_device_unregister(device);
}

module_init(pwm_model_init);
module_exit(pwm_model_exit);
MODULE_DESCRIPTION("PWM chip without hardware, for tests");
MODULE_LICENSE("GPL");
