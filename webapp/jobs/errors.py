"""Why a job has no result."""

from __future__ import annotations

from geo.errors import PlanAtlasError


class Busy(PlanAtlasError):
    """The queue is full."""

    code = "busy"
    zh = "计算任务已满（{most} 个）。请稍后再试。"
    en = "All {most} places for computations are taken. Try again in a moment."


class TooLong(PlanAtlasError):
    """A computation did not end before its deadline and was stopped."""

    code = "too_complex"
    zh = "计算超过 {seconds} 秒，已停止（设置项 {setting}，见 /limits）。{lighter_zh}"
    en = "The computation was stopped after {seconds} s (setting {setting}; see /limits). {lighter_en}"


class Stopped(PlanAtlasError):
    """A computation was cancelled."""

    code = "cancelled"
    zh = "计算已取消。"
    en = "The computation was cancelled."


class WorkerEnded(PlanAtlasError):
    """The process of a computation ended before it: most often for want of memory."""

    code = "worker_ended"
    zh = "计算进程意外结束，多半是内存不足。请缩小范围或简化几何后重试。"
    en = "The computation's process ended too early, most likely for want of memory. Ask for less, or again."


class UnknownJob(PlanAtlasError):
    """No such job, or it is forgotten."""

    code = "unknown_job"
    zh = "没有编号为 {job} 的任务。"
    en = "There is no job {job}."
