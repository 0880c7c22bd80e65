// What types (vue-tsc) and form (prettier) leave open.
import { defineConfig } from 'eslint/config'
import vue from 'eslint-plugin-vue'
import tseslint from 'typescript-eslint'

/** Prettier's business. */
const FORM = [
  'html-closing-bracket-newline',
  'html-indent',
  'html-self-closing',
  'max-attributes-per-line',
  'multiline-html-element-content-newline',
  'singleline-html-element-content-newline',
]
/** A button of Vant's that loads has a spinner in place of its text, unless it is told another or what to have. */
const NAMELESS =
  'VElement[rawName=/^(ActionBar)?Button$/]:not(:has(VDirectiveKey[name.name="slot"][argument.name="loading"]))' +
  ' > VStartTag:has(VIdentifier[name="loading"]):not(:has(VIdentifier[name="loading-text"]))'
const off = (rules) => Object.fromEntries(rules.map((rule) => [rule, 'off']))

export default defineConfig(
  { ignores: ['dist', 'packages/client/src/generated'] },
  {
    files: ['src/**/*.ts', 'src/**/*.vue', 'packages/*/src/**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked, vue.configs['flat/recommended']],
    languageOptions: {
      parserOptions: { parser: tseslint.parser, projectService: true, extraFileExtensions: ['.vue'] },
    },
    rules: {
      ...off(FORM.map((rule) => `vue/${rule}`)),
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      // Vue's reactive() takes the literal's own type, and the assertion is what widens it.
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
      'vue/no-restricted-syntax': [
        'error',
        { selector: NAMELESS, message: 'It has no name while it loads: BusyButton.' },
      ],
    },
  },
  {
    // Here something comes without types: a component where TypeScript reads the import by itself, and d3.
    files: [
      'src/main.ts',
      'src/**/*.test.ts',
      'packages/*/src/**/*.test.ts',
      'src/course/MindMap.vue',
      'src/course/mind-map.ts',
    ],
    rules: off(
      ['argument', 'assignment', 'call', 'member-access'].map((what) => `@typescript-eslint/no-unsafe-${what}`),
    ),
  },
)
