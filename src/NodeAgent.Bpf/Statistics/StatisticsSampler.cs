// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Interop.Errors;

namespace NodeAgent.Bpf.Statistics;

/// <summary>Has the kernel count runs and run time of BPF programs for a second each minute: counting always would cost each run.</summary>
/// <remarks>
/// The counters in the kernel stand still in between. Rates and means are therefore per <see cref="SampledTime"/>, not per
/// time. May be used from any thread.
/// </remarks>
internal sealed class StatisticsSampler : IDisposable
{
    private static readonly TimeSpan On = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Off = TimeSpan.FromSeconds(59);

    private readonly Func<IDisposable> _enable;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private IDisposable? _statistics;
    private long _since;
    private TimeSpan _sampled;
    private bool _stopped;

    /// <param name="enable">Switches counting on until the result is disposed; <see cref="BpfException"/> where that is not allowed.</param>
    internal StatisticsSampler(Func<IDisposable> enable, TimeProvider time, ILogger logger)
    {
        _enable = enable;
        _time = time;
        _logger = logger;
        _timer = time.CreateTimer(static state => ((StatisticsSampler)state!).Toggle(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Toggle();
    }

    /// <summary>How long the kernel has counted so far.</summary>
    internal TimeSpan SampledTime
    {
        get
        {
            lock (_gate)
            {
                return _statistics is null ? _sampled : _sampled + _time.GetElapsedTime(_since);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _stopped = true;
            _statistics?.Dispose();
            _statistics = null;
        }

        _timer.Dispose();
    }

    private void Toggle()
    {
        lock (_gate)
        {
            if (_stopped)
            {
                return;
            }

            if (_statistics is null)
            {
                Begin();
            }
            else
            {
                _sampled += _time.GetElapsedTime(_since);
                _statistics.Dispose();
                _statistics = null;
                _timer.Change(Off, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Begin()
    {
        try
        {
            _statistics = _enable();
        }
        catch (BpfException exception)
        {
            _stopped = true;
            Log.StatisticsRefused(_logger, exception.Message);
            return;
        }

        _since = _time.GetTimestamp();
        _timer.Change(On, Timeout.InfiniteTimeSpan);
    }
}
