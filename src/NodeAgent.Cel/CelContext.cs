// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using NodeAgent.Cel.Checking;
using NodeAgent.Cel.Evaluation;
using NodeAgent.Cel.Functions;
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel;

/// <summary>The values of the variables, and the place in which evaluations work: one for each thread, used for one evaluation after the other.</summary>
/// <remarks>Errors are fields here and no exceptions, since an event may cause one in every rule that reads it.</remarks>
public sealed class CelContext
{
    internal readonly CelValue[] Variables;
    internal readonly MemoCell[] Memo;
    internal CelValue[] Locals = [];
    internal CelFault Fault;
    internal int FaultOffset;
    internal long StepsLeft;
    internal long BytesLeft;
    internal int Epoch = 1;

    private readonly CelEnvironment _environment;
    private readonly PatternCache _patterns;
    private readonly long _maxCost;
    private readonly long _maxBytes;
    private string? _faultText;
    private CelValue _faultDetail;

    internal CelContext(CelEnvironment environment, CelProgramSet? set, int memoCells)
    {
        _environment = environment;
        _patterns = new PatternCache(environment.Limits.MaxPatternLength);
        (_maxCost, _maxBytes) = (environment.Limits.MaxCost, environment.Limits.MaxResultBytes);
        ProgramSet = set;
        Variables = new CelValue[environment.VariableCount];
        Memo = new MemoCell[memoCells];
    }

    /// <summary>The programs whose common parts this context keeps.</summary>
    internal CelProgramSet? ProgramSet { get; }

    internal CelEnvironment Environment => _environment;

    internal PatternCache Patterns => _patterns;

    internal bool IsFatal => Fault >= CelFault.CostLimit;

    /// <summary>Gives a variable its value until the next call; the value's content may change between events (<see cref="NextEvent"/>).</summary>
    /// <exception cref="ArgumentException">The value is not of the declared type.</exception>
    public void Set(CelVariable variable, in CelValue value)
    {
        if (!RuntimeTypes.Fits(value, variable.Type) && !(value.Kind == CelKind.Null && variable.Type.Kind is CelTypeKind.Object))
        {
            throw new ArgumentException($"{variable.Name} is of type {variable.Type}, not {value.Kind}", nameof(value));
        }

        Variables[variable.Slot] = value;
        Epoch++;
    }

    public void Clear(CelVariable variable)
    {
        Variables[variable.Slot] = default;
        Epoch++;
    }

    /// <summary>Says that what the variables and the host's functions tell may have changed: nothing of before is reused.</summary>
    public void NextEvent() => Epoch++;

    /// <summary>Ends the evaluation with an error: for functions of the host.</summary>
    /// <returns>What the function is to return.</returns>
    public CelValue Fail(CelFault fault, string? text = null)
    {
        Fault = fault;
        FaultOffset = -1;
        _faultText = text;
        _faultDetail = default;
        return default;
    }

    internal CelValue Fail(CelFault fault, int offset, in CelValue detail = default, string? text = null)
    {
        Fault = fault;
        FaultOffset = offset;
        _faultText = text;
        _faultDetail = detail;
        return default;
    }

    internal void ClearFault() => Fault = CelFault.None;

    internal FaultState SaveFault() => new(Fault, FaultOffset, _faultText, _faultDetail);

    internal void RestoreFault(in FaultState state) => (Fault, FaultOffset, _faultText, _faultDetail) = (state.Fault, state.Offset, state.Text, state.Detail);

    /// <summary>Takes steps from what the evaluation may take.</summary>
    /// <returns>Whether there were enough; else the evaluation has failed.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool Spend(long steps)
    {
        StepsLeft -= steps;
        return StepsLeft >= 0 || Exhausted();
    }

    /// <summary>The same for the memory of results.</summary>
    internal bool Reserve(long bytes)
    {
        BytesLeft -= bytes;
        StepsLeft -= bytes >> 4;
        if (BytesLeft >= 0 && StepsLeft >= 0)
        {
            return true;
        }

        Fail(BytesLeft < 0 ? CelFault.SizeLimit : CelFault.CostLimit);
        return false;
    }

    internal void Begin(int locals)
    {
        Fault = CelFault.None;
        StepsLeft = _maxCost;
        BytesLeft = _maxBytes;
        if (Locals.Length < locals)
        {
            Locals = new CelValue[locals];
        }
    }

    internal CelError Describe(string text)
    {
        (int line, int column) = CelIssue.PlaceOf(text, Math.Max(FaultOffset, 0));
        return new CelError(Fault, line, column, FaultMessages.Of(Fault, _faultDetail, _faultText, _environment.Limits));
    }

    private bool Exhausted()
    {
        Fail(CelFault.CostLimit);
        return false;
    }
}
