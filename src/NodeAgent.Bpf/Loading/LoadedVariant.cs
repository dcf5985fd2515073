// SPDX-License-Identifier: Apache-2.0
using Microsoft.Win32.SafeHandles;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Objects;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Bpf.Loading;

/// <summary>A variant whose programs run. Disposing it detaches them.</summary>
internal sealed class LoadedVariant : IDisposable
{
    private readonly BpfObject _object;
    private readonly List<IAttachedProgram> _links = [];
    private readonly Dictionary<string, string> _without;
    private HookDispatch? _dispatch;

    private LoadedVariant(BpfObject target, Dictionary<string, string> without)
    {
        _object = target;
        _without = without;
    }

    /// <summary>One for each program that runs.</summary>
    internal IReadOnlyList<IAttachedProgram> Links => _links;

    internal BpfObject Object => _object;

    /// <summary>Optional programs that do not run, with the reason.</summary>
    internal IReadOnlyList<string> Without => [.. _without.Select(entry => $"{entry.Key}: {entry.Value}")];

    /// <exception cref="BpfException">The kernel refuses a program that is not optional.</exception>
    /// <exception cref="InvalidOperationException">No program is left to load, or the machine has no cgroup2 tree.</exception>
    internal static LoadedVariant Start(SensorDefinition definition, SensorVariant variant, SensorKernel kernel)
    {
        // By program name. An object that failed to load cannot be loaded again, so each refusal means opening it anew.
        var without = new Dictionary<string, string>();
        bool isAlone = false;
        while (true)
        {
            var loaded = new LoadedVariant(kernel.Open(definition.Name), without);
            try
            {
                loaded.LoadAndAttach(definition.Name, variant, kernel, isAlone);
                return loaded;
            }
            catch (BpfException exception)
            {
                loaded.NoteForbidden(exception, kernel);
                bool isAnother = loaded.LeaveOutRefused(variant, exception);
                if (!isAnother && loaded.IsRefusedBehindHead(definition.Name, exception))
                {
                    isAnother = isAlone = true;
                }

                loaded.Dispose();
                if (!isAnother)
                {
                    throw;
                }
            }
            catch
            {
                loaded.Dispose();
                throw;
            }
        }
    }

    public void Dispose()
    {
        // Links first: nothing may run while its maps go.
        foreach (IAttachedProgram link in _links)
        {
            link.Dispose();
        }

        _object.Dispose();
    }

    private void NoteForbidden(BpfException refusal, SensorKernel kernel)
    {
        if (refusal.ErrorNumber == Errno.NotPermitted && refusal.Program is { } name && _object.FindProgram(name) is { } refused && IsTrampoline(refused))
        {
            kernel.RefusedTrampoline ??= refusal.Message;
        }
    }

    private static bool IsTrampoline(BpfProgram program) => program.HookType is "fentry" or "fexit";

    // False when the refused program is needed, or was left out already: then there is nothing more to try.
    private bool LeaveOutRefused(SensorVariant variant, BpfException refusal)
    {
        if (refusal.Program is null || _object.FindProgram(refusal.Program) is not { } refused || !variant.IsOptional(refused)
            || !_without.TryAdd(refused.Name, refusal.Message))
        {
            return false;
        }

        if (refusal.ErrorNumber == Errno.NotPermitted)
        {
            // Not this program but its kind of hook is forbidden: no use in asking for each of them.
            foreach (BpfProgram other in _object.Programs.Where(other => other.HookType == refused.HookType && variant.Includes(other) && variant.IsOptional(other)))
            {
                _without.TryAdd(other.Name, $"{other.HookType} is forbidden here");
            }
        }

        return true;
    }

    // A program is another one behind the head of a shared hook: a kernel may take it by itself only.
    private bool IsRefusedBehindHead(string sensor, BpfException refusal)
    {
        if (_dispatch is null || refusal.Program is null || _object.FindProgram(refusal.Program) is not { } refused || !_dispatch.Shared.Takes(refused))
        {
            return false;
        }

        _dispatch.NoteRefused(sensor, refusal);
        return true;
    }

    private void LoadAndAttach(string sensor, SensorVariant variant, SensorKernel kernel, bool isAlone)
    {
        List<BpfProgram> chosen = Choose(variant, kernel);
        if (kernel.RefusedTrampoline is { } refusal && chosen.Find(IsTrampoline) is { } forbidden)
        {
            throw new InvalidOperationException($"{forbidden.HookType} is forbidden here ({refusal})");
        }

        _dispatch = isAlone ? null : kernel.Dispatches.FirstOrDefault(dispatch => chosen.Exists(dispatch.Shared.Takes) && dispatch.TryPrepare(sensor, _object, kernel));
        kernel.Maps.ShareWith(_object);
        _object.Load();
        kernel.Maps.Adopt(_object);
        foreach (BpfProgram program in chosen)
        {
            if (program.IsIterator)
            {
                RunOnce(program);
                continue;
            }

            try
            {
                _links.Add(_dispatch?.Shared.Takes(program) == true ? _dispatch.Add(sensor, program) : kernel.Attach(program));
            }
            catch (BpfException exception) when (variant.IsOptional(program))
            {
                _without[program.Name] = exception.Message;
            }
        }

        if (_links.Count == 0)
        {
            throw new InvalidOperationException($"none of its programs attaches: {string.Join("; ", Without)}");
        }
    }

    private List<BpfProgram> Choose(SensorVariant variant, SensorKernel kernel)
    {
        var chosen = new List<BpfProgram>();
        var names = new List<string>();
        foreach (BpfProgram program in _object.Programs)
        {
            bool included = variant.Includes(program);
            if (included)
            {
                names.Add(program.Name);
                included = !LeaveOut(program, variant, kernel);
            }

            program.Enable(included);
            if (included)
            {
                chosen.Add(program);
            }
        }

        if (chosen.Count > 0)
        {
            return chosen;
        }

        throw new InvalidOperationException(names.Count == 0
            ? $"object {_object.Name} has no program for it"
            : $"the kernel runs none of its programs: {string.Join("; ", Without)}");
    }

    private bool LeaveOut(BpfProgram program, SensorVariant variant, SensorKernel kernel)
    {
        if (!variant.IsOptional(program))
        {
            return false;
        }

        if (!kernel.Types.HasHookOf(program))
        {
            _without.TryAdd(program.Name, $"this kernel has no {program.Section}");
        }
        else if (kernel.RefusedTrampoline is not null && IsTrampoline(program))
        {
            _without.TryAdd(program.Name, $"{program.HookType} is forbidden here");
        }

        return _without.ContainsKey(program.Name);
    }

    /// <summary>An iterator of a sensor notes what is there already; it writes nothing to read.</summary>
    private static void RunOnce(BpfProgram program)
    {
        using BpfLink link = program.Attach();
        using SafeFileHandle walk = link.OpenIterator();
        Span<byte> nothing = stackalloc byte[64];
        while (KernelFiles.Read(walk, nothing) != 0)
        {
        }
    }
}
